package okno

// Sending is how a mailbox's letters leave: under whose name, with which
// signature, through which relay, signed with which key.
type Sending struct {
	Mailbox MailboxID
	// Names stand beside the address, by language; a language without one has
	// the mailbox's, else the company's, else the product's.
	Names map[string]string
	// Signatures stand under an agent's answer, by language; a language
	// without one has the department's.
	Signatures map[string]string
	Relay      *Relay // nil: the installation's
	DKIM       *DKIM  // nil: the relay signs, or nobody does
	Version    int64  // 0: nothing was set yet
}

// Relay is a mail server that letters leave through.
type Relay struct {
	Host     string
	Port     int
	Security Security
	User     string // empty: it asks for none
	SignIn   SignIn `json:",omitempty"`
	Password string // sealed at rest; empty in what pages are shown, and ByToken
	// Connections is how many it is given letters by at once, PerMinute how
	// many letters a minute it takes from one process; 0: as many as there are.
	Connections int
	PerMinute   int
}

// What a relay may be asked for.
const (
	MaxConnections   = 20
	UsualConnections = 4
	MaxPerMinute     = 100_000
	MaxSignature     = 2000 // characters
	RelayPort        = 587
	MaxSelector      = 63 // RFC 6376 3.1, RFC 1035 2.3.4
)

// DKIM is a key that a mailbox's letters are signed with (RFC 6376). The
// private half is sealed at rest and never shown.
type DKIM struct {
	Domain   string  `json:"domain"`
	Selector string  `json:"selector"`
	Kind     KeyKind `json:"kind"`
	Public   string  `json:"public"` // as the DNS record has it
	// On: letters are signed. A new key waits until its record is in the DNS.
	On bool `json:"on"`
}

// KeyKind is the algorithm of a key.
type KeyKind string

const (
	RSA     KeyKind = "rsa"     // RSA of 2048 bits, which everyone verifies
	Ed25519 KeyKind = "ed25519" // RFC 8463, which many do not verify yet
)

// Name is where the DNS holds the key.
func (k *DKIM) Name() string { return k.Selector + "._domainkey." + k.Domain }

// Record is the TXT record that publishes the key.
func (k *DKIM) Record() string { return "v=DKIM1; k=" + string(k.Kind) + "; p=" + k.Public }

// The facts about how letters leave.
const (
	SendingEdited EventKind = "sending.edited"
	SigningEdited EventKind = "signing.edited" // Reason: made, on, off, dropped
)
