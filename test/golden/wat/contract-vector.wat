(func $run (param i32 i32) (result i32) (local i32 i32 i32 i32 v128 v128 v128 v128 v128 v128 v128 v128 i32 i32 i32 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128)
  local.get 0
  local.get 1
  i32.load
  i32.add
  i32.load
  local.set 2
  local.get 0
  local.get 1
  i32.load offset=4
  i32.add
  i32.load
  local.set 3
  local.get 0
  local.get 1
  i32.load offset=8
  i32.add
  i32.load
  local.set 4
  local.get 0
  local.get 1
  i32.load offset=12
  i32.add
  i32.load
  local.set 5
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 6
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 7
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 8
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 9
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 10
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 11
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 12
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 13
  i32.const 2
  local.set 14
  local.get 2
  local.set 15
  local.get 3
  local.set 16
  loop
    local.get 15
    v128.load32_zero
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=40 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=80 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=120 3
    local.tee 17
    local.set 18
    local.get 15
    v128.load32_zero offset=160
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=200 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=240 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=280 3
    local.tee 17
    local.set 19
    local.get 15
    v128.load32_zero offset=320
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=360 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=400 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=440 3
    local.tee 17
    local.set 20
    local.get 15
    v128.load32_zero offset=480
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=520 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=560 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=600 3
    local.tee 17
    local.set 21
    local.get 15
    v128.load32_zero offset=640
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=680 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=720 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=760 3
    local.tee 17
    local.set 22
    local.get 15
    v128.load32_zero offset=800
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=840 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=880 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=920 3
    local.tee 17
    local.set 23
    local.get 15
    v128.load32_zero offset=960
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1000 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1040 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1080 3
    local.tee 17
    local.set 24
    local.get 15
    v128.load32_zero offset=1120
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1160 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1200 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1240 3
    local.tee 17
    local.set 25
    local.get 16
    v128.load32_splat
    local.set 26
    local.get 6
    local.get 26
    local.get 18
    f32x4.mul
    f32x4.add
    local.set 6
    local.get 7
    local.get 26
    local.get 19
    f32x4.mul
    f32x4.add
    local.set 7
    local.get 8
    local.get 26
    local.get 20
    f32x4.mul
    f32x4.add
    local.set 8
    local.get 9
    local.get 26
    local.get 21
    f32x4.mul
    f32x4.add
    local.set 9
    local.get 10
    local.get 26
    local.get 22
    f32x4.mul
    f32x4.add
    local.set 10
    local.get 11
    local.get 26
    local.get 23
    f32x4.mul
    f32x4.add
    local.set 11
    local.get 12
    local.get 26
    local.get 24
    f32x4.mul
    f32x4.add
    local.set 12
    local.get 13
    local.get 26
    local.get 25
    f32x4.mul
    f32x4.add
    local.set 13
    local.get 15
    v128.load32_zero offset=4
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=44 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=84 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=124 3
    local.tee 17
    local.set 18
    local.get 15
    v128.load32_zero offset=164
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=204 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=244 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=284 3
    local.tee 17
    local.set 19
    local.get 15
    v128.load32_zero offset=324
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=364 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=404 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=444 3
    local.tee 17
    local.set 20
    local.get 15
    v128.load32_zero offset=484
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=524 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=564 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=604 3
    local.tee 17
    local.set 21
    local.get 15
    v128.load32_zero offset=644
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=684 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=724 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=764 3
    local.tee 17
    local.set 22
    local.get 15
    v128.load32_zero offset=804
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=844 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=884 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=924 3
    local.tee 17
    local.set 23
    local.get 15
    v128.load32_zero offset=964
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1004 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1044 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1084 3
    local.tee 17
    local.set 24
    local.get 15
    v128.load32_zero offset=1124
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1164 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1204 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1244 3
    local.tee 17
    local.set 25
    local.get 16
    v128.load32_splat offset=4
    local.set 26
    local.get 6
    local.get 26
    local.get 18
    f32x4.mul
    f32x4.add
    local.set 6
    local.get 7
    local.get 26
    local.get 19
    f32x4.mul
    f32x4.add
    local.set 7
    local.get 8
    local.get 26
    local.get 20
    f32x4.mul
    f32x4.add
    local.set 8
    local.get 9
    local.get 26
    local.get 21
    f32x4.mul
    f32x4.add
    local.set 9
    local.get 10
    local.get 26
    local.get 22
    f32x4.mul
    f32x4.add
    local.set 10
    local.get 11
    local.get 26
    local.get 23
    f32x4.mul
    f32x4.add
    local.set 11
    local.get 12
    local.get 26
    local.get 24
    f32x4.mul
    f32x4.add
    local.set 12
    local.get 13
    local.get 26
    local.get 25
    f32x4.mul
    f32x4.add
    local.set 13
    local.get 15
    v128.load32_zero offset=8
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=48 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=88 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=128 3
    local.tee 17
    local.set 18
    local.get 15
    v128.load32_zero offset=168
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=208 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=248 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=288 3
    local.tee 17
    local.set 19
    local.get 15
    v128.load32_zero offset=328
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=368 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=408 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=448 3
    local.tee 17
    local.set 20
    local.get 15
    v128.load32_zero offset=488
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=528 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=568 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=608 3
    local.tee 17
    local.set 21
    local.get 15
    v128.load32_zero offset=648
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=688 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=728 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=768 3
    local.tee 17
    local.set 22
    local.get 15
    v128.load32_zero offset=808
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=848 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=888 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=928 3
    local.tee 17
    local.set 23
    local.get 15
    v128.load32_zero offset=968
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1008 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1048 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1088 3
    local.tee 17
    local.set 24
    local.get 15
    v128.load32_zero offset=1128
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1168 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1208 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1248 3
    local.tee 17
    local.set 25
    local.get 16
    v128.load32_splat offset=8
    local.set 26
    local.get 6
    local.get 26
    local.get 18
    f32x4.mul
    f32x4.add
    local.set 6
    local.get 7
    local.get 26
    local.get 19
    f32x4.mul
    f32x4.add
    local.set 7
    local.get 8
    local.get 26
    local.get 20
    f32x4.mul
    f32x4.add
    local.set 8
    local.get 9
    local.get 26
    local.get 21
    f32x4.mul
    f32x4.add
    local.set 9
    local.get 10
    local.get 26
    local.get 22
    f32x4.mul
    f32x4.add
    local.set 10
    local.get 11
    local.get 26
    local.get 23
    f32x4.mul
    f32x4.add
    local.set 11
    local.get 12
    local.get 26
    local.get 24
    f32x4.mul
    f32x4.add
    local.set 12
    local.get 13
    local.get 26
    local.get 25
    f32x4.mul
    f32x4.add
    local.set 13
    local.get 15
    v128.load32_zero offset=12
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=52 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=92 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=132 3
    local.tee 17
    local.set 18
    local.get 15
    v128.load32_zero offset=172
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=212 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=252 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=292 3
    local.tee 17
    local.set 19
    local.get 15
    v128.load32_zero offset=332
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=372 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=412 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=452 3
    local.tee 17
    local.set 20
    local.get 15
    v128.load32_zero offset=492
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=532 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=572 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=612 3
    local.tee 17
    local.set 21
    local.get 15
    v128.load32_zero offset=652
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=692 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=732 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=772 3
    local.tee 17
    local.set 22
    local.get 15
    v128.load32_zero offset=812
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=852 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=892 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=932 3
    local.tee 17
    local.set 23
    local.get 15
    v128.load32_zero offset=972
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1012 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1052 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1092 3
    local.tee 17
    local.set 24
    local.get 15
    v128.load32_zero offset=1132
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1172 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1212 2
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1252 3
    local.tee 17
    local.set 25
    local.get 16
    v128.load32_splat offset=12
    local.set 26
    local.get 6
    local.get 26
    local.get 18
    f32x4.mul
    f32x4.add
    local.set 6
    local.get 7
    local.get 26
    local.get 19
    f32x4.mul
    f32x4.add
    local.set 7
    local.get 8
    local.get 26
    local.get 20
    f32x4.mul
    f32x4.add
    local.set 8
    local.get 9
    local.get 26
    local.get 21
    f32x4.mul
    f32x4.add
    local.set 9
    local.get 10
    local.get 26
    local.get 22
    f32x4.mul
    f32x4.add
    local.set 10
    local.get 11
    local.get 26
    local.get 23
    f32x4.mul
    f32x4.add
    local.set 11
    local.get 12
    local.get 26
    local.get 24
    f32x4.mul
    f32x4.add
    local.set 12
    local.get 13
    local.get 26
    local.get 25
    f32x4.mul
    f32x4.add
    local.set 13
    local.get 15
    i32.const 16
    i32.add
    local.set 15
    local.get 16
    i32.const 16
    i32.add
    local.set 16
    local.get 14
    i32.const -1
    i32.add
    local.tee 14
    br_if 0
  end
  local.get 2
  v128.load32_zero offset=32
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=72 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=112 2
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=152 3
  local.tee 17
  local.set 18
  local.get 2
  v128.load32_zero offset=192
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=232 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=272 2
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=312 3
  local.tee 17
  local.set 19
  local.get 2
  v128.load32_zero offset=352
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=392 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=432 2
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=472 3
  local.tee 17
  local.set 20
  local.get 2
  v128.load32_zero offset=512
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=552 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=592 2
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=632 3
  local.tee 17
  local.set 21
  local.get 2
  v128.load32_zero offset=672
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=712 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=752 2
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=792 3
  local.tee 17
  local.set 22
  local.get 2
  v128.load32_zero offset=832
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=872 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=912 2
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=952 3
  local.tee 17
  local.set 23
  local.get 2
  v128.load32_zero offset=992
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=1032 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=1072 2
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=1112 3
  local.tee 17
  local.set 24
  local.get 2
  v128.load32_zero offset=1152
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=1192 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=1232 2
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=1272 3
  local.tee 17
  local.set 25
  local.get 3
  v128.load32_splat offset=32
  local.set 26
  local.get 6
  local.get 26
  local.get 18
  f32x4.mul
  f32x4.add
  local.set 6
  local.get 7
  local.get 26
  local.get 19
  f32x4.mul
  f32x4.add
  local.set 7
  local.get 8
  local.get 26
  local.get 20
  f32x4.mul
  f32x4.add
  local.set 8
  local.get 9
  local.get 26
  local.get 21
  f32x4.mul
  f32x4.add
  local.set 9
  local.get 10
  local.get 26
  local.get 22
  f32x4.mul
  f32x4.add
  local.set 10
  local.get 11
  local.get 26
  local.get 23
  f32x4.mul
  f32x4.add
  local.set 11
  local.get 12
  local.get 26
  local.get 24
  f32x4.mul
  f32x4.add
  local.set 12
  local.get 13
  local.get 26
  local.get 25
  f32x4.mul
  f32x4.add
  local.set 13
  local.get 2
  v128.load32_zero offset=36
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=76 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=116 2
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=156 3
  local.tee 17
  local.set 18
  local.get 2
  v128.load32_zero offset=196
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=236 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=276 2
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=316 3
  local.tee 17
  local.set 19
  local.get 2
  v128.load32_zero offset=356
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=396 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=436 2
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=476 3
  local.tee 17
  local.set 20
  local.get 2
  v128.load32_zero offset=516
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=556 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=596 2
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=636 3
  local.tee 17
  local.set 21
  local.get 2
  v128.load32_zero offset=676
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=716 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=756 2
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=796 3
  local.tee 17
  local.set 22
  local.get 2
  v128.load32_zero offset=836
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=876 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=916 2
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=956 3
  local.tee 17
  local.set 23
  local.get 2
  v128.load32_zero offset=996
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=1036 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=1076 2
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=1116 3
  local.tee 17
  local.set 24
  local.get 2
  v128.load32_zero offset=1156
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=1196 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=1236 2
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=1276 3
  local.tee 17
  local.set 25
  local.get 3
  v128.load32_splat offset=36
  local.set 26
  local.get 6
  local.get 26
  local.get 18
  f32x4.mul
  f32x4.add
  local.set 6
  local.get 7
  local.get 26
  local.get 19
  f32x4.mul
  f32x4.add
  local.set 7
  local.get 8
  local.get 26
  local.get 20
  f32x4.mul
  f32x4.add
  local.set 8
  local.get 9
  local.get 26
  local.get 21
  f32x4.mul
  f32x4.add
  local.set 9
  local.get 10
  local.get 26
  local.get 22
  f32x4.mul
  f32x4.add
  local.set 10
  local.get 11
  local.get 26
  local.get 23
  f32x4.mul
  f32x4.add
  local.set 11
  local.get 12
  local.get 26
  local.get 24
  f32x4.mul
  f32x4.add
  local.set 12
  local.get 13
  local.get 26
  local.get 25
  f32x4.mul
  f32x4.add
  local.set 13
  local.get 4
  local.get 6
  local.get 5
  v128.load32_splat
  f32x4.add
  v128.store
  local.get 4
  local.get 7
  local.get 5
  v128.load32_splat
  f32x4.add
  v128.store offset=16
  local.get 4
  local.get 8
  local.get 5
  v128.load32_splat
  f32x4.add
  v128.store offset=32
  local.get 4
  local.get 9
  local.get 5
  v128.load32_splat
  f32x4.add
  v128.store offset=48
  local.get 4
  local.get 10
  local.get 5
  v128.load32_splat
  f32x4.add
  v128.store offset=64
  local.get 4
  local.get 11
  local.get 5
  v128.load32_splat
  f32x4.add
  v128.store offset=80
  local.get 4
  local.get 12
  local.get 5
  v128.load32_splat
  f32x4.add
  v128.store offset=96
  local.get 4
  local.get 13
  local.get 5
  v128.load32_splat
  f32x4.add
  v128.store offset=112
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 6
  i32.const 2
  local.set 14
  local.get 2
  local.set 15
  local.get 3
  local.set 16
  loop
    local.get 15
    v128.load32_zero offset=1280
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1320 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1360 2
    local.tee 17
    local.set 7
    local.get 16
    v128.load32_splat
    local.set 8
    local.get 6
    local.get 8
    local.get 7
    f32x4.mul
    f32x4.add
    local.set 6
    local.get 15
    v128.load32_zero offset=1284
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1324 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1364 2
    local.tee 17
    local.set 7
    local.get 16
    v128.load32_splat offset=4
    local.set 8
    local.get 6
    local.get 8
    local.get 7
    f32x4.mul
    f32x4.add
    local.set 6
    local.get 15
    v128.load32_zero offset=1288
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1328 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1368 2
    local.tee 17
    local.set 7
    local.get 16
    v128.load32_splat offset=8
    local.set 8
    local.get 6
    local.get 8
    local.get 7
    f32x4.mul
    f32x4.add
    local.set 6
    local.get 15
    v128.load32_zero offset=1292
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1332 1
    local.set 17
    local.get 15
    local.get 17
    v128.load32_lane offset=1372 2
    local.tee 17
    local.set 7
    local.get 16
    v128.load32_splat offset=12
    local.set 8
    local.get 6
    local.get 8
    local.get 7
    f32x4.mul
    f32x4.add
    local.set 6
    local.get 15
    i32.const 16
    i32.add
    local.set 15
    local.get 16
    i32.const 16
    i32.add
    local.set 16
    local.get 14
    i32.const -1
    i32.add
    local.tee 14
    br_if 0
  end
  local.get 2
  v128.load32_zero offset=1312
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=1352 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=1392 2
  local.tee 17
  local.set 7
  local.get 3
  v128.load32_splat offset=32
  local.set 8
  local.get 6
  local.get 8
  local.get 7
  f32x4.mul
  f32x4.add
  local.set 6
  local.get 2
  v128.load32_zero offset=1316
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=1356 1
  local.set 17
  local.get 2
  local.get 17
  v128.load32_lane offset=1396 2
  local.tee 17
  local.set 7
  local.get 3
  v128.load32_splat offset=36
  local.set 8
  local.get 6
  local.get 8
  local.get 7
  f32x4.mul
  f32x4.add
  local.tee 6
  local.get 5
  v128.load32_splat
  f32x4.add
  local.set 17
  local.get 4
  local.get 17
  v128.store64_lane offset=128 0
  local.get 4
  local.get 17
  v128.store32_lane offset=136 2
  i32.const 0
)
