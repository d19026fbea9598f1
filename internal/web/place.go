package web

// Place is a page that can be gone to by its name.
type Place struct {
	Name, Lead string // what it is called, and a sentence on what it does
	Path, Icon string
}
