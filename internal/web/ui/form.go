package ui

// Field is one labelled control of a form.
type Field struct {
	Name         string
	Label        string
	Type         string // of input: "" is text
	Value        string
	Error        string
	Hint         string
	Required     bool
	Autocomplete string
	InputMode    string
	Placeholder  string
	MaxLength    int // characters; 0: no limit of its own
	Rows         int // of a text area
	Focus        bool
	Options      []Option // of a select
	Disabled     bool
	Min          string
}

// Option is one choice of a select.
type Option struct{ Value, Label string }

// id is the control's id, which its label, hint and error refer to.
func (f Field) id() string { return "f-" + f.Name }

// describedBy are the ids of what explains the control.
func (f Field) describedBy() string {
	switch {
	case f.Error != "" && f.Hint != "":
		return f.id() + "-error " + f.id() + "-hint"
	case f.Error != "":
		return f.id() + "-error"
	case f.Hint != "":
		return f.id() + "-hint"
	}
	return ""
}

func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) class(base string) string {
	if f.Error != "" {
		return base + " " + base + "-error"
	}
	return base
}

func (f Field) rows() int {
	if f.Rows == 0 {
		return 6
	}
	return f.Rows
}
