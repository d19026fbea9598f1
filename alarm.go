package okno

import "time"

// The facts about a mailbox's fate. Data.Reason is the AlarmKind that begins
// or is over.
const (
	MailboxAlarmed   EventKind = "mailbox.alarmed"
	MailboxRecovered EventKind = "mailbox.recovered"
)

// AlarmKind is what is wrong with a mailbox; empty: nothing.
type AlarmKind string

const (
	AlarmFailed AlarmKind = "failed" // its letters cannot be fetched
	AlarmSilent AlarmKind = "silent" // no letter has come for longer than is usual
)

// Alarm is that something is wrong with a mailbox, and since when it is known.
type Alarm struct {
	Kind  AlarmKind
	Since time.Time
}

// QuietNever is the Mailbox.Quiet of one whose silence raises no alarm.
const QuietNever = -1

// MaxQuiet bounds Mailbox.Quiet, in working hours.
const MaxQuiet = 1000

// Letters about a mailbox, to administrators.
const (
	LetterAlarm     LetterKind = "alarm"
	LetterAlarmOver LetterKind = "alarmover"
)

// What the bell tells administrators about a mailbox.
const (
	NoticeAlarm     NoticeKind = "alarm"
	NoticeAlarmOver NoticeKind = "alarmover"
)

// MatterMailboxes is the switch of alarms about mailboxes.
const MatterMailboxes Matter = "mailboxes"
