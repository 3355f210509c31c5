package replay

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ParseRate reads a number of requests a second: "100/s", "600/m" or "5000/h".
func ParseRate(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	number, unit, _ := strings.Cut(text, "/")
	per, known := map[string]float64{"s": 1, "m": 60, "h": 3600}[strings.TrimSpace(unit)]
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !known || err != nil || !(n > 0) || math.IsInf(n, 0) {
		return 0, fmt.Errorf("%q is no rate; want requests in a time, such as 100/s, 600/m or 5000/h", text)
	}
	return n / per, nil
}
