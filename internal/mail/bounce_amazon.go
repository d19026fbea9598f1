package mail

import (
	"encoding/json"
	"strings"
)

const maxNotice = 256 << 10 // bytes of Amazon's JSON

// amazonNotice is what Amazon SES says of a letter, as it comes by way of SNS.
type amazonNotice struct {
	Kind   string `json:"notificationType"`
	Event  string `json:"eventType"`
	Within string `json:"Message"` // SNS puts the notice into another as text
	Bounce struct {
		Kind       string            `json:"bounceType"`
		Recipients []amazonRecipient `json:"bouncedRecipients"`
	} `json:"bounce"`
	Delay struct {
		Recipients []amazonRecipient `json:"delayedRecipients"`
	} `json:"deliveryDelay"`
	Mail struct {
		Headers []struct{ Name, Value string } `json:"headers"`
		Common  struct {
			MessageID string `json:"messageId"`
		} `json:"commonHeaders"`
	} `json:"mail"`
}

type amazonRecipient struct {
	Address    string `json:"emailAddress"`
	Action     string `json:"action"`
	Status     string `json:"status"`
	Diagnostic string `json:"diagnosticCode"`
}

// amazonBounce reads a notice of Amazon SES; nil if the letter is none. A person
// who asks about one writes words before it.
func (l *Letter) amazonBounce() *Bounce {
	texts := []string{l.Text}
	for _, a := range l.Attachments {
		if a.Type == "application/json" {
			texts = append(texts, string(a.Content[:min(len(a.Content), maxNotice)]))
		}
	}
	for i, text := range texts {
		at := strings.Index(text, `{"`)
		if spaced := strings.Index(text, "{\n"); at < 0 || spaced >= 0 && spaced < at {
			at = spaced
		}
		if at < 0 || !strings.Contains(text, "bouncedRecipients") && !strings.Contains(text, "delayedRecipients") {
			continue
		}
		if alone := i == 0 && strings.HasPrefix(strings.TrimSpace(text), "{"); !alone {
			if _, machine := l.Machine(); !machine {
				return nil
			}
		}
		if b := readAmazon(clip(text[at:], maxNotice)); b != nil {
			return b
		}
	}
	return nil
}

func readAmazon(text string) *Bounce {
	var n amazonNotice
	if json.NewDecoder(strings.NewReader(text)).Decode(&n) != nil {
		return nil // it is no notice
	}
	if n.Within != "" && n.Kind == "" && n.Event == "" && json.Unmarshal([]byte(n.Within), &n) != nil {
		return nil
	}
	b := &Bounce{Permanent: strings.EqualFold(n.Bounce.Kind, "permanent"), OriginalMessageID: strings.Trim(n.Mail.Common.MessageID, "<> ")}
	for _, h := range n.Mail.Headers {
		if ids := messageIDs(h.Value); strings.EqualFold(h.Name, "Message-ID") && len(ids) > 0 {
			b.OriginalMessageID = ids[0]
		}
	}
	b.OriginalMessageID = cleanID(b.OriginalMessageID)
	take := func(all []amazonRecipient, action string) {
		for _, r := range all[:min(len(all), maxBounced)] {
			if r.Action == "" {
				r.Action = action
			}
			b.Recipients = append(b.Recipients, BouncedRecipient{
				clip(oneLine(r.Address), maxAddr), clip(oneLine(r.Status), 20), clip(strings.ToLower(oneLine(r.Action)), 20), clip(oneLine(typedValue(r.Diagnostic)), 1000),
			})
		}
	}
	take(n.Bounce.Recipients, "failed")
	take(n.Delay.Recipients, "delayed")
	if len(b.Recipients) == 0 {
		return nil
	}
	return b
}
