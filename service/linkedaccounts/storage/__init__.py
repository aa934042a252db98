"""What is kept outside the process: rate books, packaged, published and kept on disk."""
