package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Bucket keeps contents in a store that speaks S3.
type Bucket struct {
	client         *minio.Client
	bucket, prefix string
	place          string
}

// OpenBucket reads an address such as s3://bucket/prefix?endpoint=https://minio.county.example:9000&region=us-east-1.
// Credentials come from the environment only: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where there is one,
// AWS_SESSION_TOKEN. Without an endpoint it is Amazon's.
func OpenBucket(address string, getenv func(string) string) (*Bucket, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.User != nil {
		return nil, errors.New("the address of a bucket looks like s3://bucket/prefix?endpoint=https://host:9000&region=name, without credentials")
	}
	query := u.Query()
	for name := range query {
		if name != "endpoint" && name != "region" {
			return nil, fmt.Errorf("the address of the bucket has the unknown part %q: there are endpoint and region", name)
		}
	}
	endpoint, err := endpointOf(query.Get("endpoint"))
	if err != nil {
		return nil, err
	}
	id, secret := getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY")
	if id == "" || secret == "" {
		return nil, errors.New("the bucket needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment")
	}
	client, err := minio.New(endpoint.Host, &minio.Options{
		Creds:  credentials.NewStaticV4(id, secret, getenv("AWS_SESSION_TOKEN")),
		Secure: endpoint.Scheme == "https", Region: query.Get("region"),
	})
	if err != nil {
		return nil, fmt.Errorf("opening the bucket: %w", err)
	}
	return &Bucket{client: client, bucket: u.Host, prefix: strings.Trim(u.Path, "/"), place: address}, nil
}

func endpointOf(text string) (*url.URL, error) {
	if text == "" {
		text = "https://s3.amazonaws.com"
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.User != nil {
		return nil, errors.New("the endpoint of the bucket looks like https://host:9000")
	}
	return u, nil
}

// Place is the address of the bucket.
func (b *Bucket) Place() string { return b.place }

// Check asks whether the bucket is there.
func (b *Bucket) Check(ctx context.Context) error {
	there, err := b.client.BucketExists(ctx, b.bucket)
	if err != nil {
		return fmt.Errorf("asking for the bucket %s: %w", b.bucket, err)
	}
	if !there {
		return fmt.Errorf("there is no bucket %s", b.bucket)
	}
	return nil
}

func (b *Bucket) at(key string) string { return path.Join(b.prefix, key) }

// Put stores an object; it appears whole or not at all.
func (b *Bucket) Put(ctx context.Context, key string, from io.ReadSeeker, size int64, mediaType string) error {
	if there, err := from.Seek(0, io.SeekEnd); err != nil || there != size { // else it would be tried again and again
		return fmt.Errorf("storing a file in the bucket: %d bytes of %d: %w", there, size, errors.Join(err, io.ErrUnexpectedEOF))
	}
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("storing a file in the bucket: %w", err)
	}
	_, err := b.client.PutObject(ctx, b.bucket, b.at(key), from, size, minio.PutObjectOptions{ContentType: mediaType})
	if err != nil {
		return fmt.Errorf("storing a file in the bucket: %w", err)
	}
	return nil
}

// Get opens an object; only what is read is fetched.
func (b *Bucket) Get(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	object, err := b.client.GetObject(ctx, b.bucket, b.at(key), minio.GetObjectOptions{})
	if err != nil {
		return nil, fmt.Errorf("opening a file of the bucket: %w", err)
	}
	if _, err := object.Stat(); err != nil {
		object.Close()
		if minio.ToErrorResponse(err).Code == "NoSuchKey" {
			err = fs.ErrNotExist
		}
		return nil, fmt.Errorf("opening a file of the bucket: %w", err)
	}
	return object, nil
}

// Remove removes an object.
func (b *Bucket) Remove(ctx context.Context, key string) error {
	if err := b.client.RemoveObject(ctx, b.bucket, b.at(key), minio.RemoveObjectOptions{}); err != nil {
		return fmt.Errorf("removing a file of the bucket: %w", err)
	}
	return nil
}
