// Verifies a Countersign ledger export with Go's own transparency log packages, which nobody here wrote, and makes a
// log of its own for Countersign to verify. Reads a JSON object from standard input and writes one to standard output.
package main

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type inclusion struct {
	Index int64    `json:"index"`
	Path  []string `json:"path"`
}

type consistency struct {
	Checkpoint string   `json:"checkpoint"`
	Path       []string `json:"path"`
}

type input struct {
	Export      []string      `json:"export"`
	Inclusion   []inclusion   `json:"inclusion"`
	Consistency []consistency `json:"consistency"`
}

type output struct {
	Failures []string      `json:"failures"`
	Records  int64         `json:"records"`
	Key      string        `json:"key"`
	Note     string        `json:"note"`
	Leaves   []string      `json:"leaves"`
	Proofs   []inclusion   `json:"proofs"`
	Older    []consistency `json:"older"`
}

// log is a tree in memory.
type log struct {
	hashes []tlog.Hash
	size   int64
}

func (l *log) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		read[i] = l.hashes[index]
	}
	return read, nil
}

func (l *log) add(leaf []byte) {
	hashes, err := tlog.StoredHashes(l.size, leaf, l)
	must(err)
	l.hashes = append(l.hashes, hashes...)
	l.size++
}

func main() {
	var in input
	must(json.NewDecoder(os.Stdin).Decode(&in))
	out := verify(in)
	makeLog(&out)
	must(json.NewEncoder(os.Stdout).Encode(out))
}

func verify(in input) output {
	out := output{Failures: []string{}}
	fail := func(what string, err error) {
		out.Failures = append(out.Failures, fmt.Sprintf("%s: %v", what, err))
	}
	var header struct{ Vkey string }
	must(json.Unmarshal([]byte(in.Export[0]), &header))
	tree := &log{}
	for _, line := range in.Export[1 : len(in.Export)-1] {
		leaf, err := readRecord(line)
		if err != nil {
			fail("record "+strconv.FormatInt(tree.size, 10), err)
		}
		tree.add(leaf)
	}
	out.Records = tree.size
	var end struct{ Checkpoint string }
	must(json.Unmarshal([]byte(in.Export[len(in.Export)-1]), &end))
	size, root, err := openCheckpoint(end.Checkpoint, header.Vkey)
	if err != nil {
		fail("checkpoint", err)
		return out
	}
	computed, err := tlog.TreeHash(tree.size, tree)
	must(err)
	if size != tree.size || root != computed {
		fail("tree", fmt.Errorf("root or size differ"))
	}
	for _, proof := range in.Inclusion {
		leaf, _ := readRecord(in.Export[1+proof.Index])
		if err := tlog.CheckRecord(readHashes(proof.Path), size, root, proof.Index, tlog.RecordHash(leaf)); err != nil {
			fail(fmt.Sprintf("inclusion %d", proof.Index), err)
		}
	}
	for _, proof := range in.Consistency {
		oldSize, oldRoot, err := openCheckpoint(proof.Checkpoint, header.Vkey)
		if err == nil {
			err = tlog.CheckTree(readHashes(proof.Path), size, root, oldSize, oldRoot)
		}
		if err != nil {
			fail(fmt.Sprintf("consistency %d", oldSize), err)
		}
	}
	return out
}

// readRecord returns the leaf's bytes as they stand in the line, and whether its commitment opens to its payload.
func readRecord(line string) ([]byte, error) {
	var record struct {
		Entry   json.RawMessage
		Payload json.RawMessage
		Salt    *string
	}
	must(json.Unmarshal([]byte(line), &record))
	var entry struct{ Commitment string }
	must(json.Unmarshal(record.Entry, &entry))
	if record.Salt == nil {
		return record.Entry, nil
	}
	salt, err := base64.RawURLEncoding.DecodeString(*record.Salt)
	if err != nil {
		return record.Entry, err
	}
	sum := sha256.Sum256(bytes.Join([][]byte{[]byte("countersign-ledger-payload-v1\n"), salt, record.Payload}, nil))
	if base64.RawURLEncoding.EncodeToString(sum[:]) != entry.Commitment {
		return record.Entry, fmt.Errorf("commitment differs")
	}
	return record.Entry, nil
}

func openCheckpoint(text string, vkey string) (int64, tlog.Hash, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return 0, tlog.Hash{}, err
	}
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return 0, tlog.Hash{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return 0, tlog.Hash{}, fmt.Errorf("no checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return 0, tlog.Hash{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return size, root, err
}

// makeLog signs a log of its own and proves parts of it.
func makeLog(out *output) {
	secret, public, err := note.GenerateKey(rand.Reader, "go.example.test/log")
	must(err)
	signer, err := note.NewSigner(secret)
	must(err)
	tree := &log{}
	for i := 0; i < 300; i++ {
		leaf := fmt.Sprintf("leaf %d", i)
		out.Leaves = append(out.Leaves, leaf)
		tree.add([]byte(leaf))
		if i%50 == 20 {
			out.Older = append(out.Older, consistency{Checkpoint: sign(tree, tree.size, signer)})
		}
	}
	out.Key = public
	out.Note = sign(tree, tree.size, signer)
	for i := range out.Older {
		proof, err := tlog.ProveTree(tree.size, int64(i*50+21), tree)
		must(err)
		out.Older[i].Path = writeHashes(proof)
	}
	for index := int64(0); index < tree.size; index += 23 {
		proof, err := tlog.ProveRecord(tree.size, index, tree)
		must(err)
		out.Proofs = append(out.Proofs, inclusion{Index: index, Path: writeHashes(proof)})
	}
}

func sign(tree *log, size int64, signer note.Signer) string {
	root, err := tlog.TreeHash(size, tree)
	must(err)
	signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", signer.Name(), size, root)}, signer)
	must(err)
	return string(signed)
}

func readHashes(path []string) []tlog.Hash {
	hashes := make([]tlog.Hash, len(path))
	for i, text := range path {
		hash, err := tlog.ParseHash(text)
		must(err)
		hashes[i] = hash
	}
	return hashes
}

func writeHashes(hashes []tlog.Hash) []string {
	path := make([]string, len(hashes))
	for i, hash := range hashes {
		path[i] = hash.String()
	}
	return path
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
