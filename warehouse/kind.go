package warehouse

// kind is what a column holds, as far as reading it differs.
type kind uint8

const (
	other   kind = iota // nothing that is read
	text                // compared as it is
	textual             // text once it is cast: char(n), enumerations, text that ignores case
	integer             // whole numbers
	decimal             // exact numbers
	float               // other numbers
	boolean
	uuid
	date
	naive   // moments without a zone, taken as UTC
	zoned   // moments
	dynamic // each value its own: SQLite
)

// wants lists the kinds that a field may have, and how they are called.
type wants struct {
	kinds []kind
	words string
}

var (
	wantName    = wants{[]kind{text, textual, integer, decimal, uuid, dynamic}, "text, a whole number or a uuid"}
	wantVerdict = wants{[]kind{text, textual, integer, decimal, boolean, dynamic}, "text, a boolean, or a whole number that is 0 or 1"}
	wantText    = wants{[]kind{text, textual, integer, decimal, uuid, boolean, date, dynamic}, "text"}
	wantNumber  = wants{[]kind{integer, decimal, float, dynamic}, "a number"}
	wantWhole   = wants{[]kind{integer, dynamic}, "a whole number"}
	wantMoment  = wants{[]kind{date, naive, zoned, dynamic}, "a date or a timestamp"}
)
