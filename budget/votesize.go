package budget

import (
	"fmt"
	"math"

	"github.com/allwrong/allwrong/prob"
)

// VoteSize says how many models a vote should have, by the normal law of votes:
// each model has a latent score of mean μ = Φ⁻¹(1−α) and variance 1, with
// correlation ρ between models; k of them together are right when their mean
// score is above zero. That mean has variance V = ρ + (1−ρ)/k, so the vote is
// right with probability Φ(μ/√V).
type VoteSize struct {
	Alpha  float64 `json:"alpha"`  // mean wrong rate of a member
	Rho    float64 `json:"rho"`    // latent correlation
	Cost   float64 `json:"cost"`   // of one more member, in accuracy: dollars a query over the value of a right answer
	Lambda float64 `json:"lambda"` // accuracy for a unit of variance less, at one member; negative when α > ½

	KStar float64 `json:"k_star"` // the closed form; 0 where another member does not pay
	Size  int     `json:"size"`   // members by the closed form
	Exact int     `json:"exact"`  // members that maximise Φ(μ/√V) − cost·k under the same law
	Limit float64 `json:"limit"`  // wrong rate of a vote of any number of members, at least
}

// Lambda is −dA/dV, by how much the accuracy A = Φ(μ/√V) of a vote rises for a
// unit of variance less: μ/(2·V^1.5)·φ(μ/√V). It is negative when α > ½: averaging models that are
// mostly wrong makes them wrong more surely.
func Lambda(alpha, v float64) float64 {
	mu := -prob.NormalQuantile(alpha)
	x := mu / math.Sqrt(v)
	return mu / (2 * v * math.Sqrt(v)) * density(x)
}

// maxVote bounds the search for the exact size.
const maxVote = 10_000

// NewVoteSize takes the wrong rate of a member and the correlation, both within
// (0, 1), and what one more member costs, above 0. The closed form holds λ at its value for one
// member: the step from k to k+1 members is worth λ(1−ρ)/(k(k+1)), which pays as
// long as k ≤ k* = (√(1 + 4λ(1−ρ)/cost) − 1)/2.
func NewVoteSize(alpha, rho, cost float64) (VoteSize, error) {
	for _, x := range []float64{alpha, rho} {
		if !(x > 0 && x < 1) {
			return VoteSize{}, fmt.Errorf("wrong rate %v, correlation %v: want both inside (0, 1)", alpha, rho)
		}
	}
	if !(cost > 0) || math.IsInf(cost, 0) {
		return VoteSize{}, fmt.Errorf("cost of a member %v: want a positive part of the value of a right answer", cost)
	}
	s := VoteSize{Alpha: alpha, Rho: rho, Cost: cost, Lambda: Lambda(alpha, 1), Size: 1}
	mu := -prob.NormalQuantile(alpha)
	s.Limit = prob.NormalCDF(-mu / math.Sqrt(rho))
	if s.Lambda <= 0 {
		s.Limit = alpha // one member is the best vote
	} else {
		// (√(1+4x) − 1)/2 without cancellation.
		x := s.Lambda * (1 - rho) / cost
		s.KStar = 2 * x / (math.Sqrt(1+4*x) + 1)
		s.Size = int(math.Min(math.Floor(s.KStar), maxVote-1)) + 1
	}
	s.Exact = exactSize(mu, rho, cost)
	return s, nil
}

func exactSize(mu, rho, cost float64) int {
	best, most := 1, math.Inf(-1)
	for k := 1; k <= maxVote; k++ {
		worth := prob.NormalCDF(mu/math.Sqrt(rho+(1-rho)/float64(k))) - cost*float64(k)
		if worth > most {
			best, most = k, worth
		}
		if cost*float64(k) > 1 {
			break // accuracy is at most 1
		}
	}
	return best
}

func density(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }
