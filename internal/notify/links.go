package notify

import "net/url"

// links builds the addresses that stand in letters.
type links struct{ base *url.URL }

func (l links) to(path ...string) *url.URL { return l.base.JoinPath(path...) }

// ticket trades the token for the one ticket's page. answer, "yes", "no" or
// "close", opens the page at the button for it and changes nothing by itself.
func (l links) ticket(token, answer string) string {
	u := l.to("t", token)
	if answer != "" {
		u.RawQuery = url.Values{"answer": {answer}}.Encode()
	}
	return u.String()
}

// entry leads to the choice of a first or new password.
func (l links) entry(token string) string { return l.to("entry", token).String() }

// registration leads to the page that confirms an account.
func (l links) registration(token string) string { return l.to("register", token).String() }

// address leads to the page that confirms a new address.
func (l links) address(token string) string { return l.to("address", token).String() }

// joining leads to the page where someone joins a company.
func (l links) joining(token string) string { return l.to("join", token).String() }

// switches is where an agent, or else a customer, chooses what he is told.
func (l links) switches(agent bool) string {
	u := l.to("profile")
	if agent {
		u = l.to("desk", "settings")
	}
	u.Fragment = "notices-settings"
	return u.String()
}

// queue is the agents' list of what is new.
func (l links) queue() string { return l.to("desk").String() }

// workspace is the ticket's page for agents, who sign in.
func (l links) workspace(number string) string { return l.to("desk", "tickets", number).String() }
