module github.com/allwrong/allwrong

go 1.26
