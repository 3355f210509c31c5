//go:build coverage

package replay

import (
	"testing"

	"github.com/allwrong/allwrong/collect/chat"
)

// TestCoverageEveryAnswerOfMMLUPro serves and asks for 117,029 answers.
func TestCoverageEveryAnswerOfMMLUPro(t *testing.T) {
	everyRecordedAnswer(t, "mmlu-pro", chat.OpenAI)
}
