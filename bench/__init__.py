"""What is measured of the rules: their quality on real pages, what they cost, and how well their tests hold them."""
