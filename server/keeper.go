package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"fourmaps/server/files"
)

// keepFiles says where photos and documents are kept: a folder of the installation, or a bucket.
func (p *program) keepFiles(ctx context.Context, folder string) (*files.Keeper, error) {
	blobs, err := p.openBlobs(folder)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	if err := blobs.Check(limited); err != nil {
		if p.config.Files == "" {
			return nil, err
		}
		// A bucket may come back while the server runs; the maps do not wait for it.
		p.log.Warn("photos and documents cannot be stored now", "place", blobs.Place(), "error", err)
	}
	uploads := filepath.Join(folder, "uploads")
	files.RemoveLeftovers(uploads, "", time.Now().Add(-24*time.Hour))
	return files.New(files.Options{Blobs: blobs, Folder: uploads, Limits: files.Limits{Photo: p.config.PhotoBytes, Document: p.config.DocumentBytes}})
}

func (p *program) openBlobs(folder string) (files.Blobs, error) {
	if p.config.Files != "" {
		bucket, err := files.OpenBucket(p.config.Files, os.Getenv)
		if err != nil {
			return nil, &told{chinese: fmt.Sprintf("FOURMAPS_FILES 无法使用:%v。", err), english: fmt.Sprintf("FOURMAPS_FILES cannot be used: %v.", err), err: err}
		}
		return bucket, nil
	}
	folder = filepath.Join(folder, "files")
	blobs, err := files.NewFolder(folder)
	if err != nil {
		return nil, &told{
			chinese: fmt.Sprintf("照片和文件的存放文件夹 %s 无法使用:请给予写入权限,或用 FOURMAPS_DATA 指定其他文件夹。", folder),
			english: fmt.Sprintf("The folder %s for photos and documents cannot be used: allow writing in it, or name another data folder with FOURMAPS_DATA.", folder),
			err:     err,
		}
	}
	return blobs, nil
}
