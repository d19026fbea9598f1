package admin_test

import (
	"strings"
	"testing"
)

// firstRef is the public name in the first link of a section's list.
func firstRef(b *browser, section string) string {
	b.Helper()
	table := between(b.page("/admin/"+section), "<tbody>", "</tbody>")
	ref := between(table, `href="/admin/`+section+`/`, `"`)
	if ref == "" {
		b.Fatalf("nothing is listed in %s", section)
	}
	return ref
}

func TestDepartmentIsMadeChangedAndClosed(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		first := "/admin/departments/" + firstRef(ada, "departments")
		code, page := ada.post(first, "name", "Support", "closed", "yes", "version", version(ada.page(first)))
		if code != 409 {
			r.Errorf("closing the last department: %d", code)
		}
		r.shows(page, "last open department")
		ada.saved("/admin/departments", "name", "Repairs", "signature", "Yours\r\nthe workshop")
		r.shows(ada.page("/admin/departments"), "Repairs")
		ada.saved(first, "name", "Support desk", "closed", "yes", "version", version(ada.page(first)))
		page = ada.page("/admin/departments")
		r.shows(page, "Support desk", "Closed")
		code, page = ada.post("/admin/departments", "name", " ", "signature", strings.Repeat("x", 2001))
		if code != 422 {
			r.Errorf("%d", code)
		}
		r.shows(page, `id="f-name-error"`, `id="f-signature-error"`)
	})
}

func TestStaleDepartmentSaysWhatIsKeptNow(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		path := "/admin/departments/" + firstRef(ada, "departments")
		seen := version(ada.page(path))
		ada.saved(path, "name", "Front office", "version", seen)
		if code, page := ada.post(path, "name", "", "version", seen); code != 422 || version(page) != seen {
			r.Errorf("a refused form took another version than the one it was filled from: %d %s", code, version(page))
		}
		code, page := ada.post(path, "name", "Reception", "signature", "Yours", "version", seen)
		if code != 409 {
			r.Fatalf("%d", code)
		}
		r.shows(page, `value="Reception"`, "Saved now: Front office", ">Yours</textarea>")
		ada.saved(path, "name", "Reception", "version", version(page))
		r.shows(ada.page("/admin/departments"), "Reception")
	})
}

func TestTopicHasNamesAnOrderAndADepartment(t *testing.T) {
	each(t, func(r *rig) {
		ada := r.as("ada@desk.example")
		department := firstRef(ada, "departments")
		ada.saved("/admin/topics", "name", "Printers", "name_ru", "Принтеры", "department", department, "position", "5")
		r.shows(ada.page("/admin/topics"), "Printers")
		path := "/admin/topics/" + firstRef(ada, "topics")
		r.shows(ada.page(path), `value="Принтеры"`, `value="5"`)
		ada.saved(path, "name", "Printers", "department", department, "position", "5", "closed", "yes", "version", version(ada.page(path)))
		if topics, err := r.desk.Topics(r.Context()); err != nil || len(topics) != 0 {
			r.Errorf("closed, yet offered: %v %v", topics, err)
		}
		for name, form := range map[string][]string{
			"position":   {"name", "x", "department", department, "position", "first"},
			"name":       {"department", department, "position", "1"},
			"department": {"name", "x", "department", "none", "position", "1"},
		} {
			code, page := ada.post("/admin/topics", form...)
			if code != 422 {
				r.Errorf("%s: %d", name, code)
			}
			r.shows(page, `id="f-`+name+`-error"`)
		}
	})
}
