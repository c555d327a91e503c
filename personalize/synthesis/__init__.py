"""Rendered people: the training images of the project and their truth.

The paper trains on Unite the People, whose labels are projections of a body
model. Here a body model under a permissive licence is posed, dressed, lit and
ray-cast, so that every pixel's part is known. From the bottom up::

    settings                      numbers and folders
    motion_*, motion              recorded motion of any format as points
    skeleton, posture             directions of limbs -> rotations of bones
    gestures, poses, talking      invented arms, one pose, a talk through time
    chart, body, labels           the body's shape, its coordinates, the 31 parts
    outfits, garments, skirts, dressing   what covers it: painted, modelled, sewn, hung on the body
    head_shapes, headwear_*, headwear  hair, hats and collars that are sewn onto each head
    textures, fabrics, skins, looks   colours
    camera, raster, shading, boxes, occluders, rooms
    thing_shapes, things          what touches the person and is background
    sitters, tracing, people      one picture of one person
    backgrounds, layout, threads, dataset  folders of pictures
    stages                        one who talks before a camera
    scripts, difficulties         what happens when in films of people who are hard to follow
    gaits, rides, actors, blocking  who plays in them, how, and where
    streets, places, shooting     where they are taken, frame by frame
    films                         videos with their truth
"""
