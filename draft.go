package okno

// Draft is what an agent has typed and not sent.
type Draft struct {
	Text  string
	HTML  string   // of an answer that was taken back; empty: Text says it all
	CC    []string // addresses of an answer that was taken back
	Files []Ref    // uploads of it
}
