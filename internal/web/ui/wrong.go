package ui

// Wrong is one line of a form's summary of what is wrong.
type Wrong struct {
	Field string // whose control it leads to; "": the form as a whole
	Label string
	Text  string
}

func (w Wrong) ofField() bool { return w.Field != "" }

// checkValue is what a ticked checkbox says.
func checkValue(f Field) string {
	if f.Value == "" {
		return "yes"
	}
	return f.Value
}
