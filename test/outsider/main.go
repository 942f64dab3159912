// An outsider's check of an archive's log, with public libraries only: golang.org/x/mod/sumdb/note and tlog. It knows
// C2SP's formats (signed-note, tlog-checkpoint, tlog-tiles, tlog-proof) and docs/record-format.md, and no code of
// Holdfast's.
//
//	outsider log -dir ledger/m0 -vkey VKEY [-older CHECKPOINT] [-proof FILE -leaf HEX]
//	outsider leaves -vectors leaves.json
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if len(os.Args) < 2 {
		fail(errors.New("which check: log or leaves?"))
	}
	var err error
	switch os.Args[1] {
	case "log":
		err = checkLog(os.Args[2:])
	case "leaves":
		err = checkLeaves(os.Args[2:])
	default:
		err = fmt.Errorf("no check is called %q", os.Args[1])
	}
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "outsider:", err)
	os.Exit(1)
}

func checkLog(args []string) error {
	flags := flag.NewFlagSet("log", flag.ExitOnError)
	dir := flags.String("dir", "", "folder of the log")
	vkey := flags.String("vkey", "", "verifier key of the log")
	older := flags.String("older", "", "a checkpoint handed out earlier")
	proof := flags.String("proof", "", "a tlog-proof file")
	leaf := flags.String("leaf", "", "hex of the leaf value that the proof is for")
	_ = flags.Parse(args)

	verifier, err := note.NewVerifier(*vkey)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(*dir, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(text, verifier)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	// The reader of tlog authenticates every tile against the signed root before it answers.
	hashes := tlog.TileHashReader(tree, &folder{*dir})
	if err := checkEntries(*dir, tree, hashes); err != nil {
		return err
	}
	fmt.Printf("%d entries lead to the signed root\n", tree.N)
	if tree.N > 0 {
		if err := checkInclusion(tree, hashes, tree.N/2, *dir); err != nil {
			return err
		}
		fmt.Printf("entry %d is included\n", tree.N/2)
	}
	if *older != "" {
		if err := checkConsistency(tree, hashes, *older, verifier); err != nil {
			return fmt.Errorf("consistency: %w", err)
		}
		fmt.Println("the tree extends the older checkpoint")
	}
	if *proof != "" {
		if err := checkProof(*proof, *leaf, verifier); err != nil {
			return fmt.Errorf("proof: %w", err)
		}
		fmt.Println("the proof file proves its leaf")
	}
	return nil
}

// openCheckpoint reads a C2SP checkpoint: origin, size and root, signed under the origin as key name.
func openCheckpoint(text []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tlog.Tree{}, errors.New("it has not the three lines of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// folder reads tiles from a log's folder under their C2SP names.
type folder struct{ dir string }

func (f *folder) Height() int                         { return 8 }
func (f *folder) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (f *folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		bytes, err := os.ReadFile(filepath.Join(f.dir, "tile", strconv.Itoa(tile.L), tileName(tile.N, tile.W)))
		if errors.Is(err, os.ErrNotExist) {
			bytes, err = os.ReadFile(filepath.Join(f.dir, "tile", strconv.Itoa(tile.L), tileName(tile.N, 256)))
			if len(bytes) > tile.W*tlog.HashSize {
				bytes = bytes[:tile.W*tlog.HashSize]
			}
		}
		if err != nil {
			return nil, err
		}
		data[i] = bytes
	}
	return data, nil
}

func tileName(n int64, width int) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if width < 256 {
		name += fmt.Sprintf(".p/%d", width)
	}
	return name
}

// entry reads one entry from its bundle: entries of 32 bytes, each behind its length.
func entry(dir string, tree tlog.Tree, index int64) ([]byte, error) {
	n := index / 256
	width := min(tree.N-n*256, 256)
	bundle, err := os.ReadFile(filepath.Join(dir, "tile", "entries", tileName(n, int(width))))
	if err != nil {
		return nil, err
	}
	if int64(len(bundle)) != width*34 {
		return nil, fmt.Errorf("entry bundle %d has another length than its entries", n)
	}
	at := bundle[(index%256)*34:]
	if at[0] != 0 || at[1] != 32 {
		return nil, fmt.Errorf("entry %d is not 32 bytes long", index)
	}
	return at[2:34], nil
}

// checkEntries compares every entry with the authenticated tiles.
func checkEntries(dir string, tree tlog.Tree, hashes tlog.HashReader) error {
	for start := int64(0); start < tree.N; start += 256 {
		var indexes []int64
		for i := start; i < min(start+256, tree.N); i++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, i))
		}
		stored, err := hashes.ReadHashes(indexes)
		if err != nil {
			return fmt.Errorf("tiles: %w", err)
		}
		for i, hash := range stored {
			data, err := entry(dir, tree, start+int64(i))
			if err != nil {
				return err
			}
			if tlog.RecordHash(data) != hash {
				return fmt.Errorf("entry %d is not what the tiles hold", start+int64(i))
			}
		}
	}
	return nil
}

func checkInclusion(tree tlog.Tree, hashes tlog.HashReader, index int64, dir string) error {
	data, err := entry(dir, tree, index)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveRecord(tree.N, index, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(data))
}

func checkConsistency(tree tlog.Tree, hashes tlog.HashReader, file string, verifier note.Verifier) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	older, err := openCheckpoint(text, verifier)
	if err != nil {
		return err
	}
	if older.N > tree.N {
		return errors.New("the log is shorter than it was")
	}
	if older.N == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(tree.N, older.N, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash)
}

// checkProof verifies a tlog-proof file on its own, as somebody does who has nothing else.
func checkProof(file, leaf string, verifier note.Verifier) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, checkpoint, found := bytes.Cut(text, []byte("\n\n"))
	if !found {
		return errors.New("it holds no checkpoint")
	}
	tree, err := openCheckpoint(checkpoint, verifier)
	if err != nil {
		return err
	}
	lines := strings.Split(string(head), "\n")
	if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("it is no tlog-proof of version 1")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	var path tlog.RecordProof
	for _, line := range lines[2:] {
		step, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(step) != tlog.HashSize {
			return errors.New("a step is no hash")
		}
		path = append(path, tlog.Hash(step))
	}
	value, err := hex.DecodeString(leaf)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(value))
}
