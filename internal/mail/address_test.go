package mail

import (
	"strings"
	"testing"
)

func TestFold(t *testing.T) {
	for addr, want := range map[string]string{
		"Ann@Client.Example": "ann@client.example", " ann@client.example ": "ann@client.example", "ann@client.example.": "ann@client.example",
		"Анна@Почта.рф": "анна@xn--80a1acny.xn--p1ai", "ann@xn--80a1acny.xn--p1ai": "ann@xn--80a1acny.xn--p1ai",
		"e\u0301@client.example": "\u00e9@client.example",
		"":                       "", "ann": "", "@client.example": "", "ann@": "", "a@b@c": "", "a b@c.example": "", "a@b\r\nc": "", "a,b@c.example": "", "a@-рф-.рф": "",
	} {
		if got := Fold(addr); got != want {
			t.Errorf("%q: %q, want %q", addr, got, want)
		}
	}
	if Domain("Ann@Почта.рф") != "xn--80a1acny.xn--p1ai" || Domain("ann") != "" {
		t.Error("domain is told wrongly")
	}
}

func TestParseAddresses(t *testing.T) {
	for list, want := range map[string][]Address{
		`Ann <ann@client.example>`:                                         {{"Ann", "ann@client.example"}},
		`"Kov, Ann" <ann@client.example>, bob@client.example`:              {{"Kov, Ann", "ann@client.example"}, {"", "bob@client.example"}},
		`=?utf-8?Q?Kov=2C_Ann?= <ann@client.example>`:                      {{"Kov, Ann", "ann@client.example"}},
		`"=?utf-8?B?0JDQvdC90LA=?=" <ann@client.example>`:                  {{"Анна", "ann@client.example"}},
		`=?utf-8?Q?a=40bank.example=2C?= <ann@client.example>`:             {{"a@bank.example,", "ann@client.example"}},
		`'ann@client.example' <ann@client.example>`:                        {{"ann@client.example", "ann@client.example"}},
		`=?utf-8?Q?=C0=ED=ED=E0?= <ann@client.example>`:                    {{"Анна", "ann@client.example"}}, // windows-1251 in truth
		`ann@client.example (Ann)`:                                         {{"Ann", "ann@client.example"}},
		`<mailto:ann@client.example>`:                                      {{"", "ann@client.example"}},
		`Ann ann@client.example`:                                           {{"Ann", "ann@client.example"}},
		`ann@client.example; bob@client.example`:                           {{"", "ann@client.example"}, {"", "bob@client.example"}},
		`"unclosed <ann@client.example>, bob@client.example`:               {{"unclosed", "ann@client.example"}, {"", "bob@client.example"}},
		`Team: ann@client.example, bob@client.example;`:                    {{"", "ann@client.example"}, {"", "bob@client.example"}},
		`undisclosed-recipients:;`:                                         nil,
		`<>`:                                                               nil,
		`ann at client dot example`:                                        nil,
		`evil@other.example, <ann@client.example> <second@client.example>`: {{"", "evil@other.example"}, {"<ann@client.example>", "second@client.example"}},
		"Ann\x00 <ann@client.example>":                                     {{"Ann", "ann@client.example"}},
		`Ann <ann@client.example>, Ann <ann@client.example`:                {{"Ann", "ann@client.example"}, {"Ann", "ann@client.example"}},
	} {
		got, _ := parseAddresses(oneLine(list))
		if len(got) != len(want) {
			t.Errorf("%q: %q", list, got)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%q: %q, want %q", list, got[i], want[i])
			}
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{`"Kov, Ann" <ann@client.example>`, `a@b (c (d))`, `=?utf-8?Q?a=2C?= <a@b>`, `Team: a@b, c@d;`, `"\`, "анна@почта.рф"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, list string) {
		text, _ := toUTF8("", []byte(list))
		all, _ := parseAddresses(oneLine(text))
		for _, a := range all {
			if !validAddr(a.Addr) {
				t.Errorf("%q gave %q", list, a.Addr)
			}
			if folded := Fold(a.Addr); folded != "" && Fold(folded) != folded {
				t.Errorf("%q folds to %q, and that to %q", a.Addr, folded, Fold(folded))
			}
		}
	})
}

func TestQuotedWordsAreALocalPart(t *testing.T) {
	for list, want := range map[string]Address{
		`"ann lamp"@client.example`:                {"", `"ann lamp"@client.example`},
		`Ann <"ann lamp"@client.example>`:          {"Ann", `"ann lamp"@client.example`},
		`Ivanov, Ann <"ann..lamp"@client.example>`: {"Ivanov, Ann", `"ann..lamp"@client.example`},
		`"ann"@client.example`:                     {"", "ann@client.example"},
		`=?utf-8?q?Ann?= <"ann lamp"@почта.рф>`:    {"Ann", `"ann lamp"@почта.рф`},
	} {
		if all, _ := parseAddresses(list); len(all) != 1 || all[0] != want {
			t.Errorf("%s: %q", list, all)
		}
	}
	for addr, want := range map[string]string{
		`"Ann Lamp"@Client.example`: `"ann lamp"@client.example`, `"Ann"@client.example`: "ann@client.example", `".ann"@client.example`: `".ann"@client.example`,
		`"ann>, <bob"@client.example`: "", `"ann\"lamp"@client.example`: "", "\"ann\r\nBcc: bob\"@client.example": "", `"ann@lamp"@client.example`: "", `"ann`: "", `""@client.example`: "", `ann lamp@client.example`: "",
	} {
		if got := Fold(addr); got != want || got != "" && Fold(got) != got {
			t.Errorf("%s becomes %s, want %s", addr, got, want)
		}
	}
	o := answer()
	o.To = Address{"Ann", `"ann lamp"@client.example`}
	raw, err := Write(o)
	if err != nil {
		t.Fatal(err)
	}
	if l := Read(raw); len(l.To) != 1 || l.To[0] != o.To || !strings.Contains(string(raw), `<"ann lamp"@client.example>`) {
		t.Errorf("a letter to her is to %q:\n%s", l.To, raw)
	}
}
