package audit

import "strings"

// vendors says whose models begin with a word. Labels of the data come first;
// this is for the many files that have none.
var vendors = map[string]string{
	"gpt": "openai", "chatgpt": "openai", "o1": "openai", "o3": "openai", "o4": "openai", "davinci": "openai", "openai": "openai",
	"claude": "anthropic", "anthropic": "anthropic",
	"gemini": "google", "gemma": "google", "palm": "google", "google": "google",
	"llama": "meta", "meta": "meta", "codellama": "meta",
	"mistral": "mistral", "mixtral": "mistral", "mathstral": "mistral", "codestral": "mistral", "ministral": "mistral", "magistral": "mistral", "pixtral": "mistral", "mistralai": "mistral",
	"qwen": "alibaba", "qwq": "alibaba", "alibaba": "alibaba",
	"deepseek": "deepseek", "grok": "xai", "xai": "xai", "phi": "microsoft", "wizardlm": "microsoft", "microsoft": "microsoft",
	"command": "cohere", "c4ai": "cohere", "aya": "cohere", "cohere": "cohere",
	"yi": "01-ai", "glm": "zhipu", "chatglm": "zhipu", "kimi": "moonshot", "moonshot": "moonshot",
	"nova": "amazon", "titan": "amazon", "amazon": "amazon", "nemotron": "nvidia", "nvidia": "nvidia",
	"olmo": "ai2", "tulu": "ai2", "granite": "ibm", "dbrx": "databricks", "falcon": "tii", "internlm": "shanghai", "hermes": "nous",
}

// Family is whose model a name belongs to: its label where there is one, else
// what its name says, else the name itself.
func Family(model, label string) string {
	if label != "" {
		return strings.ToLower(label)
	}
	name := strings.ToLower(model)
	for _, part := range []string{name[strings.LastIndexByte(name, '/')+1:], name} {
		word := strings.FieldsFunc(part, func(r rune) bool { return strings.ContainsRune("-_ ./:", r) })
		if len(word) == 0 {
			continue
		}
		for _, w := range []string{word[0], strings.TrimRight(word[0], "0123456789")} {
			if v, ok := vendors[w]; ok {
				return v
			}
		}
	}
	return name
}

// families numbers the families of models.
func families(models, labels []string) (of []int, count int) {
	number := map[string]int{}
	for i, m := range models {
		f := Family(m, labels[i])
		n, ok := number[f]
		if !ok {
			n = len(number)
			number[f] = n
		}
		of = append(of, n)
	}
	return of, len(number)
}
