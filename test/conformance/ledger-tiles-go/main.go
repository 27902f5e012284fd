// Reads a Countersign ledger as tiles over HTTP with Go's own transparency log packages, which nobody here wrote: verifies
// its checkpoint, and proves records and older trees from the tiles. Reads a JSON object from standard input and writes one.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type input struct {
	Prefix  string   `json:"prefix"`
	Vkey    string   `json:"vkey"`
	Indexes []int64  `json:"indexes"`
	Older   []string `json:"older"`
}

type output struct {
	Failures []string `json:"failures"`
	Size     int64    `json:"size"`
	Tiles    int      `json:"tiles"`
	Entries  int64    `json:"entries"`
	Records  int      `json:"records"`
	Trees    int      `json:"trees"`
}

// reader reads tiles as C2SP tlog-tiles names them: Go's own paths have the height in them.
type reader struct {
	prefix string
	read   int
}

func (r *reader) Height() int { return 8 }

func (r *reader) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

func (r *reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		bytes, err := get(r.prefix + "/tile/" + strings.TrimPrefix(tile.Path(), "tile/8/"))
		if err != nil {
			return nil, err
		}
		data[i] = bytes
		r.read++
	}
	return data, nil
}

func main() {
	var in input
	must(json.NewDecoder(os.Stdin).Decode(&in))
	out := output{Failures: []string{}}
	if err := follow(in, &out); err != nil {
		out.Failures = append(out.Failures, err.Error())
	}
	must(json.NewEncoder(os.Stdout).Encode(out))
}

func follow(in input, out *output) error {
	text, err := get(in.Prefix + "/checkpoint")
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(string(text), in.Vkey)
	if err != nil {
		return fmt.Errorf("checkpoint: %v", err)
	}
	out.Size = tree.N
	tiles := &reader{prefix: in.Prefix}
	hashes := tlog.TileHashReader(tree, tiles)
	defer func() { out.Tiles = tiles.read }()
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil || root != tree.Hash {
		return fmt.Errorf("tree: %v", err)
	}
	for first := int64(0); first < tree.N; first += 256 {
		count, err := checkEntries(in.Prefix, first, tree.N, hashes)
		if err != nil {
			return fmt.Errorf("entries %d: %v", first, err)
		}
		out.Entries += count
	}
	for _, index := range in.Indexes {
		if err := proveRecord(in.Prefix, index, tree, hashes); err != nil {
			return fmt.Errorf("record %d: %v", index, err)
		}
		out.Records++
	}
	for _, text := range in.Older {
		older, err := openCheckpoint(text, in.Vkey)
		if err != nil {
			return fmt.Errorf("older checkpoint: %v", err)
		}
		proof, err := tlog.ProveTree(tree.N, older.N, hashes)
		if err == nil {
			err = tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash)
		}
		if err != nil {
			return fmt.Errorf("tree of %d: %v", older.N, err)
		}
		out.Trees++
	}
	return nil
}

func proveRecord(prefix string, index int64, tree tlog.Tree, hashes tlog.HashReader) error {
	entries, err := readBundle(prefix, index/256, tree.N)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveRecord(tree.N, index, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entries[index%256]))
}

// checkEntries holds the entries of one bundle against the leaf hashes, which Go has verified against the signed root.
func checkEntries(prefix string, first int64, size int64, hashes tlog.HashReader) (int64, error) {
	entries, err := readBundle(prefix, first/256, size)
	if err != nil {
		return 0, err
	}
	indexes := make([]int64, len(entries))
	for i := range entries {
		indexes[i] = tlog.StoredHashIndex(0, first+int64(i))
	}
	leaves, err := hashes.ReadHashes(indexes)
	if err != nil {
		return 0, err
	}
	for i, entry := range entries {
		if tlog.RecordHash(entry) != leaves[i] {
			return 0, fmt.Errorf("entry %d is not the leaf", first+int64(i))
		}
	}
	return int64(len(entries)), nil
}

func readBundle(prefix string, index int64, size int64) ([][]byte, error) {
	path := strconv.FormatInt(index%1000, 10)
	path = strings.Repeat("0", 3-len(path)) + path
	if index >= 1000 {
		return nil, fmt.Errorf("more bundles than this program names")
	}
	width := size - index*256
	if width < 256 {
		path += ".p/" + strconv.FormatInt(width, 10)
	}
	data, err := get(prefix + "/tile/entries/" + path)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		length := int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:2+length])
		data = data[2+length:]
	}
	return entries, nil
}

func openCheckpoint(text string, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("no checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	bytes, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(bytes) != tlog.HashSize {
		return tlog.Tree{}, fmt.Errorf("no root")
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], bytes)
	return tree, nil
}

func get(url string) ([]byte, error) {
	response, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != 200 {
		return nil, fmt.Errorf("%s: %s", url, response.Status)
	}
	return io.ReadAll(response.Body)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
