"""Co-teaching (Han et al. 2018): two networks choose each other's training items.

Some labels are wrong, and nobody knows which. What a network has not yet learnt by heart has a
large loss where its label is wrong, so from each batch an ever smaller share is kept: the items
with small losses. In co-teaching each network keeps those that the *other* would keep.
"""
