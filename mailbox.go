package okno

import "time"

// Mailbox is an address that takes letters in and sends them.
type Mailbox struct {
	ID         MailboxID
	Ref        Ref
	Address    string
	Folded     string
	Name       string // shown beside the address in letters; empty: the product's
	Department DepartmentID
	Lang       string // of people whose language nothing else tells
	Fetch      *Fetch // nil: letters come by SMTP, LMTP or pipe only
	// Quiet is how many working hours may pass without a letter before an alarm
	// is raised; 0: as long as is usual for it; QuietNever.
	Quiet   int
	Closed  time.Time
	Version int64
}

// Fetch says where a mailbox's letters are fetched from.
type Fetch struct {
	Protocol Protocol
	Host     string
	Port     int
	Security Security
	User     string
	SignIn   SignIn `json:",omitempty"`
	Password string // sealed at rest; empty in what pages are shown, and ByToken
	Folder   string // IMAP's
	// After says what becomes of a letter once it is kept.
	After   AfterFetch
	Archive string // folder, with ArchiveIt
}

// Protocol is the language of the server that letters are fetched from.
type Protocol string

const (
	IMAP Protocol = ""     // RFC 9051
	POP3 Protocol = "pop3" // RFC 1939
)

// Security is how a connection to a mail server is protected.
type Security string

const (
	TLS      Security = "tls"
	StartTLS Security = "starttls"
	Plain    Security = "none" // loopback only
)

// AfterFetch is what becomes of a fetched letter in its mailbox.
type AfterFetch string

const (
	MarkSeen  AfterFetch = "seen"    // by POP3 it is only left where it is
	ArchiveIt AfterFetch = "archive" // IMAP's
	DeleteIt  AfterFetch = "delete"
)

// FetchState is how fetching a mailbox goes.
type FetchState struct {
	At          time.Time // of the last successful round; zero: none yet
	Trouble     string    // the last error in words; empty: none
	Kind        Trouble   // of the trouble
	Since       time.Time // of the trouble
	UIDValidity uint32
	LastUID     uint32
}
