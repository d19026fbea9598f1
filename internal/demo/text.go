package demo

// sample is the sample's content in one language. Everyone in it is made up.
type sample struct {
	product, supplier, admin, signature string
	departments                         []string
	team                                string // of the first department, all its agents
	topics                              []topic
	agents                              []agent
	companies                           []company
	people                              []person
	stories                             []story
	tags                                map[int]string // put on some tickets, by story
}

type topic struct {
	name       string
	department int
}

type agent struct {
	name, login string
	department  int
}

type company struct {
	name, domain string
	people       []person // the first administers it
}

type person struct{ name, login string }

// story is a ticket's dialogue: the opening, then the agent and the customer
// in turn.
type story struct {
	department int
	subject    string
	words      []string
	note       string
}

var samples = map[string]sample{"ru": russian, "en": english}
