package admin

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/desk"
	"github.com/oknodesk/okno/internal/locale"
	"github.com/oknodesk/okno/internal/web"
)

// needs is the right that a section asks for; of the others one who may change
// the settings is told.
var needs = map[string]okno.Action{
	"agents": okno.ManagePeople, "roles": okno.ManagePeople, "people": okno.ManagePeople, "companies": okno.ManageCompanies,
	"departments": okno.ManageDepartments, "teams": okno.ManageDepartments, "topics": okno.ManageDepartments,
	"mailboxes": okno.ManageMailboxes, "bans": okno.ManageMailboxes,
	"letters": okno.SeeLetters, "kept": okno.SeeLetters,
}

// Places are the sections that an agent may open and whose name, or another
// word for it, is typed.
func Places(l *locale.Locale, by okno.Actor, typed string) []web.Place {
	var all []web.Place
	for _, s := range sections {
		need, known := needs[s.name]
		if !known {
			need = okno.ManageSettings
		}
		if by.MayManage(need) && desk.Fits(s.title(l)+" "+s.search(l), typed) {
			all = append(all, web.Place{Name: s.title(l), Lead: s.lead(l), Path: s.path(), Icon: s.icon})
		}
	}
	return all
}
