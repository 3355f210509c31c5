package ingest

import "bytes"

// pickled says what to do with a Python pickle, as RouterBench and RouterEval
// publish their tables. To read one is to run whatever program it holds, so
// none is read; whoever trusts the file can convert it.
func pickled(b []byte) string {
	// Protocols 2 to 5 begin with their number; from 4 on a frame follows. A
	// byte of opcode after it keeps other binary files apart.
	if len(b) < 3 || b[0] != 0x80 || b[1] < 2 || b[1] > 5 {
		return ""
	}
	if b[1] >= 4 && b[2] != 0x95 || b[1] < 4 && bytes.IndexByte([]byte("c}](Xq."), b[2]) < 0 {
		return ""
	}
	return "a Python pickle, which could run any program when it is read: if you trust it, convert it with pandas, " +
		`such as: t = pandas.read_pickle("x.pkl"); t[["sample_id", *models]].to_csv("x.csv", index=False), with models the list of the columns of scores`
}
