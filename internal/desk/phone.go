package desk

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"

	"github.com/oknodesk/okno"
)

// PhoneCountry is a country and the code its phone numbers begin with.
type PhoneCountry struct {
	Country string // two letters (ISO 3166-1)
	Code    string // "+375"
}

// PhoneCountries lists every country whose numbers are known, by its letters.
var PhoneCountries = sync.OnceValue(func() []PhoneCountry {
	var all []PhoneCountry
	for country := range phonenumbers.GetSupportedRegions() {
		all = append(all, PhoneCountry{country, phoneCode(country)})
	}
	slices.SortFunc(all, func(a, b PhoneCountry) int { return strings.Compare(a.Country, b.Country) })
	return all
})

// phoneCode is the code of a country's numbers; "": no such country.
func phoneCode(country string) string {
	code := phonenumbers.GetCountryCodeForRegion(country)
	if code == 0 {
		return ""
	}
	return "+" + strconv.Itoa(code)
}

// checkPhone is a phone number of a country code and the rest as it was
// grouped, or what is wrong with it (spec R59). No rest: there is none.
func checkPhone(code, rest string) (string, error) {
	code, rest = strings.TrimSpace(code), strings.Join(strings.Fields(rest), " ")
	if rest == "" {
		return "", nil
	}
	wrong := func(field, key string) error {
		return &okno.Error{Reason: okno.Invalid, Key: key, Field: field}
	}
	if len(code)+len(rest) > 39 || strings.Trim(rest, "0123456789 ()-.") != "" {
		return "", wrong("phone", "error.phone")
	}
	n, err := strconv.Atoi(strings.TrimPrefix(code, "+"))
	if err != nil || n < 1 || n > 999 || phonenumbers.GetRegionCodeForCountryCode(n) == "ZZ" {
		return "", wrong("code", "error.phone.code")
	}
	full := "+" + strconv.Itoa(n) + " " + rest
	if parsed, err := phonenumbers.Parse(full, ""); err != nil || !phonenumbers.IsValidNumber(parsed) || parsed.GetCountryCode() != int32(n) {
		return "", wrong("phone", "error.phone")
	}
	return full, nil
}
