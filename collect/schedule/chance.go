package schedule

// chances are the estimated chances that a model settles an open query.
type chances struct {
	all     []count   // by model
	inSlice [][]count // by model and slice; nil with one slice
}

type count struct{ right, of float64 }

func newChances(models, slices int) chances {
	c := chances{all: make([]count, models)}
	if slices > 1 && slices <= maxSlices {
		c.inSlice = make([][]count, models)
		for i := range c.inSlice {
			c.inSlice[i] = make([]count, slices)
		}
	}
	return c
}

const (
	maxSlices = 1 << 12 // above it a slice says nothing worth its memory
	prior     = 0.5     // right and wrong each, of Jeffreys' law for a rate
	pull      = 8       // queries that what is known overall weighs in a slice
)

// of is a model's chance in a slice: the mean of the posterior law, that of the
// slice drawn towards that of all.
func (c *chances) of(model int, slice int32) float64 {
	all := (c.all[model].right + prior) / (c.all[model].of + 2*prior)
	if c.inSlice == nil {
		return all
	}
	x := c.inSlice[model][slice]
	return (x.right + pull*all) / (x.of + pull)
}

func (c *chances) learn(model int, slice int32, right bool) {
	x := 0.0
	if right {
		x = 1
	}
	c.all[model].right += x
	c.all[model].of++
	if c.inSlice != nil {
		c.inSlice[model][slice].right += x
		c.inSlice[model][slice].of++
	}
}
