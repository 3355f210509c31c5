package sandbox

// Attack is one attempt to break out of the sandbox, made from inside.
type Attack struct {
	Name   string `json:"name"`
	What   string `json:"what"`
	Held   bool   `json:"held"`
	Detail string `json:"detail"` // what the attacker got to, and how the run ended
}

// SelfTestResult is what became of the attacks.
type SelfTestResult struct {
	Held    bool     `json:"held"`     // all of them
	InForce []string `json:"in_force"` // what confined the attackers
	Attacks []Attack `json:"attacks"`
}
