package okno

// Settings are what an installation's administrator chooses, as one value.
type Settings struct {
	Product  string `json:"product"` // default «Тикет-система»
	Company  string `json:"company"` // the supplier's name
	Lang     string `json:"lang"`    // where nothing else tells a reader's
	Zone     string `json:"zone"`    // IANA name
	Logo     string `json:"logo"`    // blob hash; empty: the mark
	LogoType string `json:"logo_type"`
	Accent   string `json:"accent"` // "#rrggbb"; empty: the theme's

	// Phrases are the closing phrases per language; a language without any
	// has the built-in ones.
	Phrases map[string][]string `json:"phrases,omitempty"`
	// TagLetters: "[#number]" stands also in the subject of tickets that came
	// by letter; those from the web and the phone always have it.
	TagLetters bool `json:"tag_letters"`
	// RandomNumbers: ticket numbers are drawn, not counted.
	RandomNumbers bool `json:"random_numbers"`
	// NumberPrefix stands before the digits of new numbers; NumberDigits is how
	// many they have at least (0: MinDigits).
	NumberPrefix string `json:"number_prefix"`
	NumberDigits int    `json:"number_digits"`
	// KeepLetters is for how many days raw letters are kept.
	KeepLetters int `json:"keep_letters"`
	// Limits bound what letters can make happen.
	Limits Limits `json:"limits"`
	// UndoSeconds is for how long an agent's answer can be taken back before
	// it is given; 0: it is given at once.
	UndoSeconds int `json:"undo_seconds"`
	// JoinMinutes is within which time an agent's further notices of one ticket
	// are joined into one letter; 0: each has its own.
	JoinMinutes int `json:"join_minutes"`

	Version int64 `json:"-"`
}

// DefaultSettings are those of a fresh installation in a language.
func DefaultSettings(lang string) Settings {
	s := Settings{Product: "Okno", Lang: lang, Zone: "UTC", KeepLetters: 90, UndoSeconds: DefaultUndo, JoinMinutes: DefaultJoin}
	if lang == "ru" {
		s.Product, s.Zone = "Тикет-система", "Europe/Moscow"
	}
	return s
}
