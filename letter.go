package okno

import "time"

// KeptLetter is a letter that came in, kept as it came before it was
// answered for.
type KeptLetter struct {
	ID        KeptLetterID
	Ref       Ref
	Mailbox   MailboxID
	MessageID string
	// Identity is the hash of From, Date and body: the same letter twice is
	// one, another letter with a used Message-ID is not.
	Identity     []byte
	EnvelopeFrom string
	EnvelopeTo   string // the address it was taken for, with its signed part
	// AlsoTo are further signed reply addresses that it was taken for; Late are
	// those of them that were not known when it was handed over.
	AlsoTo, Late []string
	Source       string // smtp, lmtp, imap, pop3, http, pipe, demo
	Peer         string // the address it came from, for SPF; empty: not known
	Helo         string
	Size         int64
	Raw          []byte // nil when not asked for or when older than the keeping time
	At           time.Time
	State        KeptState
	Ticket       TicketID
	Message      MessageID
	Trace        []Verdict

	// Cause is why it is, or was, in quarantine; empty: it never was. Writer and
	// Subject are who it says it is from and what it is about, kept for the list
	// of those that wait there.
	Cause   QuarantineCause
	Writer  string
	Subject string
	// Released: an agent decided that it is let in, whatever filters say.
	Released bool
}

// KeptState is what became of a kept letter.
type KeptState string

const (
	KeptNew     KeptState = "new"     // its steps have not been taken yet
	KeptJoined  KeptState = "joined"  // it is a message of a ticket
	KeptBounce  KeptState = "bounce"  // it tells of a letter of ours
	KeptDropped KeptState = "dropped" // a machine's or our own: it starts nothing
	KeptFailed  KeptState = "failed"  // a step could not be taken; it can be replayed
)

// Verdict is one step's finding about a letter: why it did or did not become
// a ticket.
type Verdict struct {
	Step    string `json:"step"`
	Verdict string `json:"verdict"`
	Reason  string `json:"reason,omitempty"`
}

// LetterKind is which letter leaves.
type LetterKind string

const (
	LetterConfirmation LetterKind = "confirmation" // spec R12
	LetterAnswer       LetterKind = "answer"       // spec R16
	LetterMessage      LetterKind = "message"      // another participant's word
	LetterAccess       LetterKind = "access"       // spec R21
	LetterDone         LetterKind = "done"         // asks whether it is solved
	LetterClosed       LetterKind = "closed"
	LetterAssigned     LetterKind = "assigned" // to the agent whose work it is now
	LetterCustomer     LetterKind = "customer" // to agents: the customer wrote
	LetterOpened       LetterKind = "opened"   // to agents: a new ticket without assignee
	LetterCloseButton  LetterKind = "button"   // an unproven closing phrase mails a button
	LetterInvitation   LetterKind = "invitation"
	LetterReset        LetterKind = "reset"
	LetterCameBack     LetterKind = "returned" // to the assignee: a letter came back
	LetterTest         LetterKind = "test"
	LetterJoin         LetterKind = "join" // asks a person who was known before to join a company
)

// LetterState is how far a letter that leaves has come.
type LetterState string

const (
	LetterQueued  LetterState = "queued"
	LetterSent    LetterState = "sent"    // the relay took it
	LetterDelayed LetterState = "delayed" // refused for now, tried again
	LetterBounced LetterState = "bounced" // came back
	LetterFailed  LetterState = "failed"  // refused for good
)

// Letter is one e-mail to one recipient.
type Letter struct {
	ID        LetterID
	Ref       Ref
	Kind      LetterKind
	Origin    string // "event:consequence:recipient"; unique, so that a fact is told once
	Event     EventID
	Ticket    TicketID
	Message   MessageID // whose text it carries; 0: none
	Person    PersonID
	Mailbox   MailboxID
	From      string // envelope sender
	To        string // envelope recipient
	Subject   string
	MessageID string
	State     LetterState
	Attempts  int
	Trouble   string // the last refusal in the relay's words
	Answer    string // the relay's words of acceptance
	At        time.Time
	Sent      time.Time
	// Announces is when the ticket closes by itself, as the letter says; zero:
	// it says nothing of that.
	Announces time.Time
	// Bytes is exactly what is sent; sealed at rest, gone once sent.
	Bytes []byte
	// Shown is the letter without files, its secrets blotted out.
	Shown string
}
