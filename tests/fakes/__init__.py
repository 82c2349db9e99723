"""Services of others as we know them, to run the product against."""
