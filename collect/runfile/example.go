package runfile

import _ "embed"

//go:embed example.toml
var example string

// Example is a run file with every field explained, for a start.
func Example() string { return example }
