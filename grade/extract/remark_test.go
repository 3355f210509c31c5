package extract

import "testing"

func TestRemarksAndLists(t *testing.T) {
	for response, want := range map[string]string{
		"The answer is 12 because 3 times 4 is 12, not 7.":             "12",
		"The final answer is 12, not 10.":                              "12",
		"#### 12 (3 boxes of 4)":                                       "12",
		"The answer is $12$ (since $3 \\cdot 4 = 12$).":                "12",
		"Answer: (2, 3)":                                               "(2, 3)",
		"Answer: 2 (x+1)":                                              "2 (x+1)",
		"Answer: (0, sqrt(2)) (the upper one)":                         "(0, sqrt(2))",
		"Answer: 3 (\\sqrt{2}+1)":                                      "3 (\\sqrt{2}+1)",
		"The solutions are $x = -3$ and $x = 4$.":                      "x = -3, x = 4",
		"$x_1 = -3$, $x_2 = 4$":                                        "x_1 = -3, x_2 = 4",
		"We have $a = 3$ and $c = 5$.":                                 "c = 5",
		"With $x=1$ the value of the second is larger, so it is $x=2$": "x=2",
		"<answer>12</answer>":                                          "12",
		"<answer>\\boxed{12}</answer>":                                 "12",
		"**Answer**: 28":                                               "28",
	} {
		if got, ok := Final(response); !ok || got.Text != want {
			t.Errorf("%q: got %q, want %q", response, got.Text, want)
		}
	}
	for _, response := range []string{"<think>The answer is 12.", "```python\nprint(3 *", "", " \n "} {
		if got, ok := Final(response); ok {
			t.Errorf("%q: got %q, want no answer", response, got.Text)
		}
	}
}
