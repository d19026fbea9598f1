package oknotest_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/oknotest"
)

// tickets is how many stand in the desk's list, and the first one's files.
func tickets(t *testing.T, r *oknotest.Rig) (n int, files []okno.File) {
	t.Helper()
	list, err := r.Desk.View(t.Context(), r.Agent(oknotest.Ada), okno.ViewOpen, "")
	must(t, err)
	if len(list.Rows) > 0 {
		page, err := r.Desk.Ticket(t.Context(), r.Agent(oknotest.Ada), list.Rows[0].Number, 0)
		must(t, err)
		files = page.Messages[0].Files
	}
	return len(list.Rows), files
}

// uploaded is whether a file waits for its form.
const uploaded = `document.querySelector(".file input[name=upload]")`

// onDisk is a file of so many bytes.
func onDisk(t *testing.T, name string, size int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, bytes.Repeat([]byte("okno "), size/5), 0o600))
	return path
}

// What is asked for and missing is named beside its field, a file that is too
// large is refused by its name, and the rest of the form stands as it was left.
func TestR10TheTicketFormLosesNothingInABrowser(t *testing.T) {
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			r := oknotest.Start(t, oknotest.Options{})
			carl := r.Browser(t).Person("Carl").Scripts(scripts).Open("/open")
			carl.Do(`document.querySelector("main form").noValidate = true`)
			carl.Fill("E-mail", oknotest.Carl).Fill("Name", "Carl").Fill("Description", "It flickers.")
			carl.Attach("Files", onDisk(t, "small.txt", 2000))
			if scripts {
				carl.Until("have it sent up", uploaded)
				carl.Attach("Files", onDisk(t, "large.bin", 26<<20)).Shows(".file-failed").Sees("The file is too large: at most 25 MB.")
			}
			carl.Press("Send the request").Sees("Some fields need your attention").Sees("Subject: Please fill this in.")
			carl.Holds("E-mail", oknotest.Carl).Holds("Name", "Carl").Holds("Description", "It flickers.").Until("keep the file", uploaded)
			if !scripts {
				carl.Do(`document.querySelector("main form").noValidate = true`)
				carl.Attach("Files", onDisk(t, "large.bin", 26<<20)).Press("Send the request").Sees("The file is too large: at most 25 MB.")
				carl.Holds("E-mail", oknotest.Carl).Holds("Description", "It flickers.").Until("keep the file", uploaded)
			}
			carl.Fill("Subject", "A lamp")
			if scripts {
				carl.Until("no longer be asked for it", `!document.querySelector("#f-subject[aria-invalid=true], #f-subject.input-error, #f-subject-error")`)
			}
			carl.Press("Send the request").At("/open/done")
			n, files := tickets(t, r)
			if n != 1 || len(files) != 1 || files[0].Name != "small.txt" {
				t.Errorf("%d tickets, the first with %v", n, files)
			}
			carl.NoFaults()
		})
	}
}

func TestR10WhatIsWrittenOutlastsAReload(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	carl := r.Browser(t).Person("Carl").Open("/open").Fill("Description", "It flickers since")
	carl.Sees("Draft saved").Open("/open").Holds("Description", "It flickers since")
	carl.Fill("E-mail", oknotest.Carl).Fill("Name", "Carl").Fill("Subject", "A lamp").Press("Send the request").At("/open/done")
	carl.Open("/open").Sees("Description").Lacks("Description", "It flickers since")
	carl.NoFaults()
}

// A second press, a second arrival of the same form and a way back to it lead
// to the ticket that is there.
func TestAFormThatIsSentTwiceOpensOneTicket(t *testing.T) {
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			r := oknotest.Start(t, oknotest.Options{})
			carl := r.Browser(t).Person("Carl").Scripts(scripts).Open("/open")
			carl.Fill("E-mail", oknotest.Carl).Fill("Name", "Carl").Fill("Subject", "A lamp").Fill("Description", "It flickers.")
			carl.Do(`const f = document.querySelector("main form"), x = new XMLHttpRequest()
				x.open("POST", "/open", false); x.send(new FormData(f))`) // has arrived, and nobody saw the answer
			carl.Do(`const b = document.querySelector("main form .btn-primary"); b.click(); b.click()`)
			carl.At("/open/done").Sees("100001")
			if n, _ := tickets(t, r); n != 1 {
				t.Errorf("the form has opened %d tickets", n)
			}
			carl.NoFaults()
		})
	}
}

func TestUploadShowsItsProgressAndTheFormWaitsForIt(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	carl := r.Browser(t).Person("Carl").Open("/open")
	carl.Fill("E-mail", oknotest.Carl).Fill("Name", "Carl").Fill("Subject", "A lamp").Fill("Description", "It flickers.")
	carl.Slow(200<<10).Attach("Files", onDisk(t, "film.bin", 1<<20))
	carl.Shows("progress.file-bar").Until("see the upload half done", `(p => p && p.value > 0 && p.value < 1)(document.querySelector("progress.file-bar"))`)
	carl.Press("Send the request").Slow(0).At("/open/done")
	if n, files := tickets(t, r); n != 1 || len(files) != 1 || files[0].Size != 1<<20/5*5 {
		t.Errorf("%d tickets, the first with %v", n, files)
	}
	carl.NoFaults()
}

// R47: photos come as they are at hand, dropped on the form or pasted in it.
func TestPicturesAreDroppedAndPasted(t *testing.T) {
	r := oknotest.Start(t, oknotest.Options{})
	n, link := asked(t, r, "A lamp that flickers")
	b := r.Browser(t)
	const picture = `const data = new DataTransfer(); data.items.add(new File([Uint8Array.from(atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="), c => c.charCodeAt(0))], "photo.png", {type: "image/png"})); `
	carl := b.Person("Carl").Open(link).At("/tickets/").Fill(message, "See")
	carl.Do(picture + `document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}))`)
	carl.Until("have it sent up", uploaded)
	carl.Do(picture + `document.activeElement.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}))`)
	carl.Until("see both", `document.querySelectorAll(".file input[name=upload]").length === 2`)
	carl.Press("Send").Until("see both sent", `document.querySelectorAll(".word a.file .file-thumb").length === 2`)

	ann := b.Person("Ann").SignIn(oknotest.Ann).Open("/desk/tickets/"+string(n)).Sees("See").Fill(answer, "So it does")
	ann.Do(picture + `document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}))`)
	ann.Until("have it sent up", uploaded).Press("Send")
	carl.Sees("So it does").Until("see the third", `document.querySelectorAll(".word a.file .file-thumb").length === 3`)
	carl.NoFaults()
	ann.NoFaults()
}
