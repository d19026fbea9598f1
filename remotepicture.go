package okno

// RemoteChoice is whether a reader wants the pictures of a letter that stand on
// other hosts: fetching them tells their host that the letter was opened.
type RemoteChoice string

const (
	RemoteNone    RemoteChoice = ""        // they stay blank, as at first
	RemoteMessage RemoteChoice = "message" // those of this message
	// RemoteSender: those of every message of the same author whose letter is
	// proven his; agents only.
	RemoteSender RemoteChoice = "sender"
)

// RemoteTrusted reports whether "always from this sender" can be said of the
// message: by an agent, of somebody whose letter is proven his.
func RemoteTrusted(side Side, m *Message) bool {
	return side == SideAgent && m.Author != 0 && m.Claim == Proven
}
