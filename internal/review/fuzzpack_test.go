package review

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing/fstest"
	"time"

	"imagery/internal/sampling"
)

// memoryPack is a small pack, right in all but one file.
func memoryPack(content []byte, file string) fstest.MapFS {
	at := time.Date(2026, 4, 2, 8, 0, 0, 0, time.UTC)
	r := Run{
		ID: "r", Profile: "p", State: Signed, Population: 1, Seed: "1", Question: Question{Confidence: 0.5, Size: 1},
		Checklist: Checklist{Version: 1, Checks: []Check{{ID: "a", Zh: "甲", En: "a"}}}, FrozenAt: at, DrawnAt: at, Asked: at,
		Signatures: []Signature{{By: "x", At: at}},
	}
	p, _ := sampling.Freeze([]sampling.Item{{ID: "i"}})
	r.Hash = p.Hash()
	r.Plan, _ = sampling.Stratify(r.Question.sampling(1), p.Strata(), 0)
	tickets, _ := sampling.DrawStrata(p, r.Seed, r.Plan.Shares)
	items := []Item{{Place: 1, Ticket: tickets[0].Number, Member: Member{ID: "i"}}}
	verdicts := []Verdict{{Seq: 1, Place: 1, ID: "i", Round: 1, Reviewer: "x", At: at, Outcome: Passed, Answers: []Answer{{Check: "a", Value: Pass}}}}
	r.Result, _ = evaluate(&r, items, verdicts)
	files := map[string][]byte{populationFile: []byte("i\n"), howtoFile: {}, requestsFile: {}, headFile: {}, reportPage: {}, reportBook: {}}
	set := func(name string, write func(*bytes.Buffer) error) {
		var b bytes.Buffer
		if write(&b) == nil {
			files[name] = b.Bytes()
		}
	}
	set(sampleFile, func(b *bytes.Buffer) error { return writeTable(b, sampleTable(items)) })
	set(verdictsFile, func(b *bytes.Buffer) error { return writeLines(b, verdicts) })
	set(verdictsTable, func(b *bytes.Buffer) error { return writeTable(b, verdictTable(&r, items, verdicts)) })
	set(findingsTable, func(b *bytes.Buffer) error { return writeTable(b, findingTable(&r, items, verdicts)) })
	set(resultFile, func(b *bytes.Buffer) error { return writeIndented(b, r.Result) })
	set(checklistFile, func(b *bytes.Buffer) error { return (&evidence{run: &r}).writeChecklist(b) })
	if file != "" {
		files[file] = content
	}
	return sealed(files, Manifest{Format: packFormat, Version: packVersion, Run: r, Verdicts: 1}, file)
}

// sealed adds manifest and sums, unless one of them is the file that was given.
func sealed(files map[string][]byte, m Manifest, file string) fstest.MapFS {
	var sums bytes.Buffer
	out := fstest.MapFS{}
	sum := func(name string, b []byte) {
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(b), name)
		out[name] = &fstest.MapFile{Data: b}
	}
	for name, b := range files {
		if name != manifestFile && name != sumsFile {
			m.Files = append(m.Files, Packed{name, int64(len(b)), fmt.Sprintf("%x", sha256.Sum256(b))})
			sum(name, b)
		}
	}
	text, _ := json.Marshal(m)
	if file == manifestFile {
		text = files[file]
	}
	sum(manifestFile, text)
	if file == sumsFile {
		out[sumsFile] = &fstest.MapFile{Data: files[file]}
	} else {
		out[sumsFile] = &fstest.MapFile{Data: sums.Bytes()}
	}
	return out
}
