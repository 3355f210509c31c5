package audit

import "math"

func ptr[T any](x T) *T { return &x }

func pow(x, y float64) float64   { return math.Pow(x, y) }
func sqrt(x float64) float64     { return math.Sqrt(x) }
func ln(x float64) float64       { return math.Log(x) }
func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
