package dependence

import "github.com/allwrong/allwrong/outcome"

// SamePairs returns two matrices of three models and four queries that nothing about single models and
// pairs of them tells apart: in both each model is wrong on half of the queries, and any two are wrong
// together on a quarter. In the first some model is right on every query, β = 0; in the second all are
// wrong on a quarter. These are the ends of the interval that such pairs allow.
func SamePairs() (never, quarter *outcome.Matrix) {
	return fromWrong("110 101 011 000"), fromWrong("111 100 010 001")
}

// fromWrong makes a matrix of three models of a digit each, 1 for wrong, query by query.
func fromWrong(queries string) *outcome.Matrix {
	right := [][]uint64{{0}, {0}, {0}}
	for q := range 4 {
		for i := range right {
			if queries[4*q+i] == '0' {
				right[i][0] |= 1 << q
			}
		}
	}
	m, err := outcome.NewMatrix([]string{"A", "B", "C"}, 4, right, nil, nil)
	if err != nil {
		panic(err) // planes made here
	}
	return m
}
