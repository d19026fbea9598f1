package okno

// EntryReturned is the fact that a letter came back by which somebody was to
// come in, Data.Letter. Data.Reason is its kind: LetterInvitation of an agent,
// Data.Person, or LetterRegistration.
const EntryReturned EventKind = "entry.returned"

// LetterEntryReturned tells administrators of it, NoticeEntryReturned by the
// bell.
const (
	LetterEntryReturned LetterKind = "entryreturned"
	NoticeEntryReturned NoticeKind = "entryreturned"
)
