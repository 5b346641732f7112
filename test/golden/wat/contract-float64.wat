(func $run (param i32 i32) (result i32) (local i32 i32 i32 i32 i32 i32 i32 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128)
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
  i32.const 2
  local.set 6
  local.get 2
  local.set 7
  local.get 4
  local.set 8
  loop
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
    v128.const i32x4 0x0 0x0 0x0 0x0
    local.set 14
    local.get 3
    v128.load
    local.set 15
    local.get 3
    v128.load offset=16
    local.set 16
    local.get 3
    v128.load offset=32
    local.set 17
    local.get 7
    v128.load64_splat
    local.set 18
    local.get 9
    local.get 18
    local.get 15
    f64x2.mul
    f64x2.add
    local.set 9
    local.get 10
    local.get 18
    local.get 16
    f64x2.mul
    f64x2.add
    local.set 10
    local.get 11
    local.get 18
    local.get 17
    f64x2.mul
    f64x2.add
    local.set 11
    local.get 7
    v128.load64_splat offset=64
    local.set 18
    local.get 12
    local.get 18
    local.get 15
    f64x2.mul
    f64x2.add
    local.set 12
    local.get 13
    local.get 18
    local.get 16
    f64x2.mul
    f64x2.add
    local.set 13
    local.get 14
    local.get 18
    local.get 17
    f64x2.mul
    f64x2.add
    local.set 14
    local.get 3
    v128.load offset=48
    local.set 15
    local.get 3
    v128.load offset=64
    local.set 16
    local.get 3
    v128.load offset=80
    local.set 17
    local.get 7
    v128.load64_splat offset=8
    local.set 18
    local.get 9
    local.get 18
    local.get 15
    f64x2.mul
    f64x2.add
    local.set 9
    local.get 10
    local.get 18
    local.get 16
    f64x2.mul
    f64x2.add
    local.set 10
    local.get 11
    local.get 18
    local.get 17
    f64x2.mul
    f64x2.add
    local.set 11
    local.get 7
    v128.load64_splat offset=72
    local.set 18
    local.get 12
    local.get 18
    local.get 15
    f64x2.mul
    f64x2.add
    local.set 12
    local.get 13
    local.get 18
    local.get 16
    f64x2.mul
    f64x2.add
    local.set 13
    local.get 14
    local.get 18
    local.get 17
    f64x2.mul
    f64x2.add
    local.set 14
    local.get 3
    v128.load offset=96
    local.set 15
    local.get 3
    v128.load offset=112
    local.set 16
    local.get 3
    v128.load offset=128
    local.set 17
    local.get 7
    v128.load64_splat offset=16
    local.set 18
    local.get 9
    local.get 18
    local.get 15
    f64x2.mul
    f64x2.add
    local.set 9
    local.get 10
    local.get 18
    local.get 16
    f64x2.mul
    f64x2.add
    local.set 10
    local.get 11
    local.get 18
    local.get 17
    f64x2.mul
    f64x2.add
    local.set 11
    local.get 7
    v128.load64_splat offset=80
    local.set 18
    local.get 12
    local.get 18
    local.get 15
    f64x2.mul
    f64x2.add
    local.set 12
    local.get 13
    local.get 18
    local.get 16
    f64x2.mul
    f64x2.add
    local.set 13
    local.get 14
    local.get 18
    local.get 17
    f64x2.mul
    f64x2.add
    local.set 14
    local.get 3
    v128.load offset=144
    local.set 15
    local.get 3
    v128.load offset=160
    local.set 16
    local.get 3
    v128.load offset=176
    local.set 17
    local.get 7
    v128.load64_splat offset=24
    local.set 18
    local.get 9
    local.get 18
    local.get 15
    f64x2.mul
    f64x2.add
    local.set 9
    local.get 10
    local.get 18
    local.get 16
    f64x2.mul
    f64x2.add
    local.set 10
    local.get 11
    local.get 18
    local.get 17
    f64x2.mul
    f64x2.add
    local.set 11
    local.get 7
    v128.load64_splat offset=88
    local.set 18
    local.get 12
    local.get 18
    local.get 15
    f64x2.mul
    f64x2.add
    local.set 12
    local.get 13
    local.get 18
    local.get 16
    f64x2.mul
    f64x2.add
    local.set 13
    local.get 14
    local.get 18
    local.get 17
    f64x2.mul
    f64x2.add
    local.set 14
    local.get 3
    v128.load offset=192
    local.set 15
    local.get 3
    v128.load offset=208
    local.set 16
    local.get 3
    v128.load offset=224
    local.set 17
    local.get 7
    v128.load64_splat offset=32
    local.set 18
    local.get 9
    local.get 18
    local.get 15
    f64x2.mul
    f64x2.add
    local.set 9
    local.get 10
    local.get 18
    local.get 16
    f64x2.mul
    f64x2.add
    local.set 10
    local.get 11
    local.get 18
    local.get 17
    f64x2.mul
    f64x2.add
    local.set 11
    local.get 7
    v128.load64_splat offset=96
    local.set 18
    local.get 12
    local.get 18
    local.get 15
    f64x2.mul
    f64x2.add
    local.set 12
    local.get 13
    local.get 18
    local.get 16
    f64x2.mul
    f64x2.add
    local.set 13
    local.get 14
    local.get 18
    local.get 17
    f64x2.mul
    f64x2.add
    local.set 14
    local.get 3
    v128.load offset=240
    local.set 15
    local.get 3
    v128.load offset=256
    local.set 16
    local.get 3
    v128.load offset=272
    local.set 17
    local.get 7
    v128.load64_splat offset=40
    local.set 18
    local.get 9
    local.get 18
    local.get 15
    f64x2.mul
    f64x2.add
    local.set 9
    local.get 10
    local.get 18
    local.get 16
    f64x2.mul
    f64x2.add
    local.set 10
    local.get 11
    local.get 18
    local.get 17
    f64x2.mul
    f64x2.add
    local.set 11
    local.get 7
    v128.load64_splat offset=104
    local.set 18
    local.get 12
    local.get 18
    local.get 15
    f64x2.mul
    f64x2.add
    local.set 12
    local.get 13
    local.get 18
    local.get 16
    f64x2.mul
    f64x2.add
    local.set 13
    local.get 14
    local.get 18
    local.get 17
    f64x2.mul
    f64x2.add
    local.set 14
    local.get 3
    v128.load offset=288
    local.set 15
    local.get 3
    v128.load offset=304
    local.set 16
    local.get 3
    v128.load offset=320
    local.set 17
    local.get 7
    v128.load64_splat offset=48
    local.set 18
    local.get 9
    local.get 18
    local.get 15
    f64x2.mul
    f64x2.add
    local.set 9
    local.get 10
    local.get 18
    local.get 16
    f64x2.mul
    f64x2.add
    local.set 10
    local.get 11
    local.get 18
    local.get 17
    f64x2.mul
    f64x2.add
    local.set 11
    local.get 7
    v128.load64_splat offset=112
    local.set 18
    local.get 12
    local.get 18
    local.get 15
    f64x2.mul
    f64x2.add
    local.set 12
    local.get 13
    local.get 18
    local.get 16
    f64x2.mul
    f64x2.add
    local.set 13
    local.get 14
    local.get 18
    local.get 17
    f64x2.mul
    f64x2.add
    local.set 14
    local.get 3
    v128.load offset=336
    local.set 15
    local.get 3
    v128.load offset=352
    local.set 16
    local.get 3
    v128.load offset=368
    local.set 17
    local.get 7
    v128.load64_splat offset=56
    local.set 18
    local.get 9
    local.get 18
    local.get 15
    f64x2.mul
    f64x2.add
    local.set 9
    local.get 10
    local.get 18
    local.get 16
    f64x2.mul
    f64x2.add
    local.set 10
    local.get 11
    local.get 18
    local.get 17
    f64x2.mul
    f64x2.add
    local.set 11
    local.get 7
    v128.load64_splat offset=120
    local.set 18
    local.get 12
    local.get 18
    local.get 15
    f64x2.mul
    f64x2.add
    local.set 12
    local.get 13
    local.get 18
    local.get 16
    f64x2.mul
    f64x2.add
    local.set 13
    local.get 14
    local.get 18
    local.get 17
    f64x2.mul
    f64x2.add
    local.set 14
    local.get 8
    local.get 9
    local.get 5
    v128.load
    f64x2.add
    v128.store
    local.get 8
    local.get 10
    local.get 5
    v128.load offset=16
    f64x2.add
    v128.store offset=16
    local.get 8
    local.get 11
    local.get 5
    v128.load offset=32
    f64x2.add
    v128.store offset=32
    local.get 8
    local.get 12
    local.get 5
    v128.load
    f64x2.add
    v128.store offset=48
    local.get 8
    local.get 13
    local.get 5
    v128.load offset=16
    f64x2.add
    v128.store offset=64
    local.get 8
    local.get 14
    local.get 5
    v128.load offset=32
    f64x2.add
    v128.store offset=80
    local.get 7
    i32.const 128
    i32.add
    local.set 7
    local.get 8
    i32.const 96
    i32.add
    local.set 8
    local.get 6
    i32.const -1
    i32.add
    local.tee 6
    br_if 0
  end
  i32.const 0
)
