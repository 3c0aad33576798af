"""The sample county's deliveries, written from the contracts and invented by a seeded generator.

In comes the county pack; out come files like those of real offices, uneven encodings and late editions among them. May use extracts and county.
"""
