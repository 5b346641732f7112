(func $run (param i32 i32) (result i32) (local i32 i32 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 i32 i32 v128 v128)
  local.get 0
  local.get 1
  i32.load offset=4
  i32.add
  i32.load
  local.set 2
  local.get 0
  local.get 1
  i32.load
  i32.add
  i32.load
  local.set 3
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 4
  v128.const i32x4 0x0 0x0 0x0 0x0
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
  i32.const 4
  local.set 14
  local.get 3
  local.set 15
  loop
    local.get 15
    v128.load
    local.set 16
    local.get 6
    local.get 16
    f32x4.add
    local.set 6
    local.get 15
    v128.load offset=32
    local.set 16
    local.get 7
    local.get 16
    f32x4.add
    local.set 7
    local.get 15
    v128.load offset=64
    local.set 16
    local.get 8
    local.get 16
    f32x4.add
    local.set 8
    local.get 15
    v128.load offset=96
    local.set 16
    local.get 9
    local.get 16
    f32x4.add
    local.set 9
    local.get 15
    v128.load offset=128
    local.set 16
    local.get 10
    local.get 16
    f32x4.add
    local.set 10
    local.get 15
    v128.load offset=160
    local.set 16
    local.get 11
    local.get 16
    f32x4.add
    local.set 11
    local.get 15
    v128.load offset=192
    local.set 16
    local.get 12
    local.get 16
    f32x4.add
    local.set 12
    local.get 15
    v128.load offset=224
    local.set 16
    local.get 13
    local.get 16
    f32x4.add
    local.set 13
    local.get 15
    i32.const 256
    i32.add
    local.set 15
    local.get 14
    i32.const -1
    i32.add
    local.tee 14
    br_if 0
  end
  local.get 3
  v128.load offset=1024
  local.set 16
  local.get 6
  local.get 16
  f32x4.add
  local.set 6
  local.get 3
  v128.load offset=1056
  local.set 16
  local.get 7
  local.get 16
  f32x4.add
  local.set 7
  local.get 3
  v128.load offset=1088
  local.set 16
  local.get 8
  local.get 16
  f32x4.add
  local.set 8
  local.get 6
  local.get 10
  f32x4.add
  local.set 6
  local.get 8
  local.get 12
  f32x4.add
  local.set 8
  local.get 6
  local.get 8
  f32x4.add
  local.set 6
  local.get 7
  local.get 11
  f32x4.add
  local.set 7
  local.get 9
  local.get 13
  f32x4.add
  local.set 9
  local.get 7
  local.get 9
  f32x4.add
  local.set 7
  local.get 6
  local.get 7
  f32x4.add
  local.set 6
  local.get 4
  local.get 6
  f64x2.promote_low_f32x4
  f64x2.add
  local.set 4
  local.get 5
  local.get 6
  local.get 6
  i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15
  f64x2.promote_low_f32x4
  f64x2.add
  local.set 5
  local.get 4
  f32x4.demote_f64x2_zero
  local.get 5
  f32x4.demote_f64x2_zero
  i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23
  local.set 17
  local.get 2
  local.get 17
  v128.store
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 4
  v128.const i32x4 0x0 0x0 0x0 0x0
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
  i32.const 4
  local.set 14
  local.get 3
  local.set 15
  loop
    local.get 15
    v128.load offset=16
    local.set 16
    local.get 6
    local.get 16
    f32x4.add
    local.set 6
    local.get 15
    v128.load offset=48
    local.set 16
    local.get 7
    local.get 16
    f32x4.add
    local.set 7
    local.get 15
    v128.load offset=80
    local.set 16
    local.get 8
    local.get 16
    f32x4.add
    local.set 8
    local.get 15
    v128.load offset=112
    local.set 16
    local.get 9
    local.get 16
    f32x4.add
    local.set 9
    local.get 15
    v128.load offset=144
    local.set 16
    local.get 10
    local.get 16
    f32x4.add
    local.set 10
    local.get 15
    v128.load offset=176
    local.set 16
    local.get 11
    local.get 16
    f32x4.add
    local.set 11
    local.get 15
    v128.load offset=208
    local.set 16
    local.get 12
    local.get 16
    f32x4.add
    local.set 12
    local.get 15
    v128.load offset=240
    local.set 16
    local.get 13
    local.get 16
    f32x4.add
    local.set 13
    local.get 15
    i32.const 256
    i32.add
    local.set 15
    local.get 14
    i32.const -1
    i32.add
    local.tee 14
    br_if 0
  end
  local.get 3
  v128.load offset=1040
  local.set 16
  local.get 6
  local.get 16
  f32x4.add
  local.set 6
  local.get 3
  v128.load offset=1072
  local.set 16
  local.get 7
  local.get 16
  f32x4.add
  local.set 7
  local.get 3
  v128.load offset=1104
  local.set 16
  local.get 8
  local.get 16
  f32x4.add
  local.set 8
  local.get 6
  local.get 10
  f32x4.add
  local.set 6
  local.get 8
  local.get 12
  f32x4.add
  local.set 8
  local.get 6
  local.get 8
  f32x4.add
  local.set 6
  local.get 7
  local.get 11
  f32x4.add
  local.set 7
  local.get 9
  local.get 13
  f32x4.add
  local.set 9
  local.get 7
  local.get 9
  f32x4.add
  local.set 7
  local.get 6
  local.get 7
  f32x4.add
  local.set 6
  local.get 4
  local.get 6
  f64x2.promote_low_f32x4
  f64x2.add
  local.set 4
  local.get 5
  local.get 6
  local.get 6
  i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15
  f64x2.promote_low_f32x4
  f64x2.add
  local.set 5
  local.get 4
  f32x4.demote_f64x2_zero
  local.get 5
  f32x4.demote_f64x2_zero
  i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23
  local.set 17
  local.get 2
  local.get 17
  v128.store offset=16
  i32.const 0
)
