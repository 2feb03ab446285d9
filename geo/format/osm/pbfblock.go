package osm

import (
	"errors"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// errBroken is what a block says whose parts do not fit each other.
var errBroken = errors.New("the data contradicts itself")

// memberWay is the number of ways among the member types.
const memberWay = 1

// primitive is a PrimitiveBlock while it is being read.
type primitive struct {
	strings     []string
	granularity int64 // nanodegrees a unit
	latOffset   int64
	lonOffset   int64
	want        kinds
	out         *block
}

// eachField walks over a protobuf message. Numbers come as v, everything with a length as data.
func eachField(b []byte, f func(n protowire.Number, v uint64, data []byte) error) error {
	for len(b) > 0 {
		n, typ, size := protowire.ConsumeTag(b)
		if size < 0 {
			return protowire.ParseError(size)
		}
		b = b[size:]
		var v uint64
		var data []byte
		switch typ {
		case protowire.VarintType:
			v, size = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			data, size = protowire.ConsumeBytes(b)
			if size >= 0 && data == nil {
				data = []byte{}
			}
		default:
			size = protowire.ConsumeFieldValue(n, typ, b)
		}
		if size < 0 {
			return protowire.ParseError(size)
		}
		b = b[size:]
		if err := f(n, v, data); err != nil {
			return err
		}
	}
	return nil
}

// eachVarint walks over a packed list of numbers.
func eachVarint(b []byte, f func(uint64) error) error {
	for len(b) > 0 {
		v, size := protowire.ConsumeVarint(b)
		if size < 0 {
			return protowire.ParseError(size)
		}
		b = b[size:]
		if err := f(v); err != nil {
			return err
		}
	}
	return nil
}

// varints reads a packed list whole; it has as many numbers as it has bytes without the continuation bit.
func varints(b []byte) ([]uint64, error) {
	n := 0
	for _, c := range b {
		if c < 0x80 {
			n++
		}
	}
	out := make([]uint64, 0, n)
	err := eachVarint(b, func(v uint64) error {
		out = append(out, v)
		return nil
	})
	return out, err
}

// decodeBlock reads a PrimitiveBlock: strings and scales first, because they may stand after the groups.
func decodeBlock(raw []byte, want kinds, into *block) error {
	p := primitive{granularity: 100, want: want, out: into}
	var groups [][]byte
	err := eachField(raw, func(n protowire.Number, v uint64, data []byte) error {
		switch n {
		case 1:
			return p.readStrings(data)
		case 2:
			groups = append(groups, data)
		case 17:
			p.granularity = int64(int32(v))
		case 19:
			p.latOffset = int64(v)
		case 20:
			p.lonOffset = int64(v)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, g := range groups {
		if err := p.group(g); err != nil {
			return err
		}
	}
	return nil
}

func (p *primitive) readStrings(b []byte) error {
	return eachField(b, func(n protowire.Number, _ uint64, data []byte) error {
		if n == 1 {
			p.strings = append(p.strings, string(data))
		}
		return nil
	})
}

// text looks a string up; an index outside the table makes the block broken.
func (p *primitive) text(i uint64) (string, error) {
	if i >= uint64(len(p.strings)) {
		return "", fmt.Errorf("string %d of %d: %w", i, len(p.strings), errBroken)
	}
	return p.strings[i], nil
}

func (p *primitive) group(b []byte) error {
	return eachField(b, func(n protowire.Number, _ uint64, data []byte) error {
		switch {
		case n == 1 && p.want.nodes:
			return p.node(data)
		case n == 2 && p.want.nodes:
			return p.dense(data)
		case n == 3 && p.want.ways:
			return p.way(data)
		case n == 4 && p.want.relations:
			return p.relation(data)
		}
		return nil
	})
}

// place keeps a node if its position is on the globe; a node without a place is as good as a missing one.
func (p *primitive) place(id, lat, lon int64, t tags) {
	y := float64(p.latOffset) + float64(p.granularity)*float64(lat)
	x := float64(p.lonOffset) + float64(p.granularity)*float64(lon)
	if math.Abs(y) > 90e9 || math.Abs(x) > 180e9 {
		return
	}
	p.out.nodes = append(p.out.nodes, node{id: id, lon: int32(math.Round(x / 100)), lat: int32(math.Round(y / 100)), tags: t})
}

// node reads a node that is not packed with others.
func (p *primitive) node(b []byte) error {
	var id, lat, lon int64
	var keys, values []byte
	err := eachField(b, func(n protowire.Number, v uint64, data []byte) error {
		switch n {
		case 1:
			id = protowire.DecodeZigZag(v)
		case 2:
			keys = data
		case 3:
			values = data
		case 8:
			lat = protowire.DecodeZigZag(v)
		case 9:
			lon = protowire.DecodeZigZag(v)
		}
		return nil
	})
	if err != nil {
		return err
	}
	t, err := p.tags(keys, values)
	if err != nil {
		return err
	}
	p.place(id, lat, lon, t)
	return nil
}

// dense reads nodes packed as differences to the one before, with the tags of all in one list.
func (p *primitive) dense(b []byte) error {
	var lists [3][]uint64 // ids, latitudes, longitudes
	var keyValues []byte
	err := eachField(b, func(n protowire.Number, _ uint64, data []byte) error {
		var err error
		switch n {
		case 1:
			lists[0], err = varints(data)
		case 8:
			lists[1], err = varints(data)
		case 9:
			lists[2], err = varints(data)
		case 10:
			keyValues = data
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(lists[0]) != len(lists[1]) || len(lists[0]) != len(lists[2]) {
		return fmt.Errorf("%d nodes have %d latitudes and %d longitudes: %w", len(lists[0]), len(lists[1]), len(lists[2]), errBroken)
	}
	if p.out.nodes == nil {
		p.out.nodes = make([]node, 0, len(lists[0]))
	}
	var id, lat, lon int64
	for i := range lists[0] {
		id += protowire.DecodeZigZag(lists[0][i])
		lat += protowire.DecodeZigZag(lists[1][i])
		lon += protowire.DecodeZigZag(lists[2][i])
		var t tags
		if len(keyValues) > 0 {
			if t, keyValues, err = p.denseTags(keyValues); err != nil {
				return err
			}
		}
		p.place(id, lat, lon, t)
	}
	return nil
}

// denseTags reads key and value indexes up to the 0 that ends those of one node.
func (p *primitive) denseTags(b []byte) (tags, []byte, error) {
	var t tags
	for {
		k, size := protowire.ConsumeVarint(b)
		if size < 0 {
			return nil, nil, protowire.ParseError(size)
		}
		b = b[size:]
		if k == 0 {
			return t, b, nil
		}
		v, size := protowire.ConsumeVarint(b)
		if size < 0 {
			return nil, nil, protowire.ParseError(size)
		}
		b = b[size:]
		key, err := p.text(k)
		if err != nil {
			return nil, nil, err
		}
		value, err := p.text(v)
		if err != nil {
			return nil, nil, err
		}
		t = append(t, tag{key, value})
	}
}

// tags reads the parallel lists of key and value indexes.
func (p *primitive) tags(keys, values []byte) (tags, error) {
	k, err := varints(keys)
	if err != nil {
		return nil, err
	}
	v, err := varints(values)
	if err != nil {
		return nil, err
	}
	if len(k) != len(v) {
		return nil, fmt.Errorf("%d keys have %d values: %w", len(k), len(v), errBroken)
	}
	t := make(tags, len(k))
	for i := range k {
		if t[i].key, err = p.text(k[i]); err != nil {
			return nil, err
		}
		if t[i].value, err = p.text(v[i]); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (p *primitive) way(b []byte) error {
	var w way
	var keys, values []byte
	err := eachField(b, func(n protowire.Number, v uint64, data []byte) error {
		switch n {
		case 1:
			w.id = int64(v)
		case 2:
			keys = data
		case 3:
			values = data
		case 8:
			deltas, err := varints(data)
			if err != nil {
				return err
			}
			w.refs = make([]int64, len(deltas))
			var ref int64
			for i, d := range deltas {
				ref += protowire.DecodeZigZag(d)
				w.refs[i] = ref
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if w.tags, err = p.tags(keys, values); err != nil {
		return err
	}
	p.out.ways = append(p.out.ways, w)
	return nil
}

func (p *primitive) relation(b []byte) error {
	var r relation
	var keys, values []byte
	var roles, ids, types []uint64
	err := eachField(b, func(n protowire.Number, v uint64, data []byte) error {
		var err error
		switch n {
		case 1:
			r.id = int64(v)
		case 2:
			keys = data
		case 3:
			values = data
		case 8:
			roles, err = varints(data)
		case 9:
			ids, err = varints(data)
		case 10:
			types, err = varints(data)
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(roles) != len(ids) || len(ids) != len(types) {
		return fmt.Errorf("%d members have %d roles and %d types: %w", len(ids), len(roles), len(types), errBroken)
	}
	var id int64
	for i := range ids {
		id += protowire.DecodeZigZag(ids[i])
		role, err := p.text(roles[i])
		if err != nil {
			return err
		}
		if types[i] == memberWay {
			r.members = append(r.members, member{way: id, inner: role == "inner"})
		}
	}
	if r.tags, err = p.tags(keys, values); err != nil {
		return err
	}
	p.out.relations = append(p.out.relations, r)
	return nil
}
