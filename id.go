package okno

// Identifiers of rows. They never leave the program: addresses and the API
// speak of a ticket's Number and of the short random Ref of everything else.
type (
	PersonID     int64
	AddressID    int64
	TicketID     int64
	MessageID    int64
	FileID       int64
	CompanyID    int64
	DepartmentID int64
	TopicID      int64
	TeamID       int64
	StatusID     int64
	TagID        int64
	RoleID       int64
	MailboxID    int64
	LetterID     int64 // a letter that leaves
	KeptLetterID int64 // a letter that came in
	EventID      int64
	SessionID    int64
)

// Number is a ticket's public name: immutable text, the same on every page
// and in every letter. It never gives access by itself (spec R13).
type Number string

// Ref is the short random public name of anything that is not a ticket.
type Ref string
