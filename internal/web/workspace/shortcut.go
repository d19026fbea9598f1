package workspace

// key is one shortcut as the list of all of them names it; the control it
// presses bears the same letter in data-shortcut.
type key struct {
	keys []string
	does string // the rest of its text's key in the catalogue
}

var keys = []key{
	{[]string{"j", "k"}, "move"},
	{[]string{"Enter"}, "open"},
	{[]string{"x"}, "choose"},
	{[]string{"r"}, "answer"},
	{[]string{"n"}, "note"},
	{[]string{"a"}, "assign"},
	{[]string{"t"}, "take"},
	{[]string{"s"}, "status"},
	{[]string{"e"}, "done"},
	{[]string{"m"}, "merge"},
	{[]string{"l"}, "tags"},
	{[]string{"c"}, "new"},
	{[]string{"/"}, "search"},
	{[]string{"Ctrl", "K"}, "palette"},
	{[]string{"?"}, "shortcuts"},
	{[]string{"g", "s"}, "settings"},
}
